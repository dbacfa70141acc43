#include <yoke/yoke.hpp>

#include "stress/calls/failing_call.hpp"
#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"
#include "sys/process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

using namespace std::chrono_literals;
using yoke_test::branded_processes;
using yoke_test::failing_call;
using yoke_test::system_call;
using yoke_test::within;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { killed };

/// A pool's whole life: two maps, one of which kills its worker, and the end. Returns an exit status.
enum life : int { right = 0, wrong = 1, refused = 2, strange = 3 };

bool texts_are_right(const std::vector<std::string>& texts) {
  for (std::size_t n = 0; n < texts.size(); ++n) {
    if (texts[n] != std::string(n * 10, 'x')) return false;
  }
  return texts.size() == 200;
}

int live() {
  try {
    yoke::pool pool{{.workers = 2}};
    for (int round = 0; round < 2; ++round) {
      const auto texts = pool.map(yoke_test::numbers(200), [](int n) {
        if (n == 100 && seen[killed].fetch_add(1) == 0) ::raise(SIGKILL);
        return std::string(static_cast<std::size_t>(n) * 10, 'x');
      });
      if (!texts_are_right(texts)) return wrong;
    }
    return right;
  } catch (const yoke::error& error) {
    std::cerr << error.what() << '\n';
    return refused;
  } catch (const std::bad_alloc& error) {
    std::cerr << error.what() << '\n';
    return refused;
  } catch (const std::system_error& error) {
    std::cerr << error.what() << '\n';
    return refused;
  }
}

struct call_case {
  system_call which;
  int error;
};

/// outcome of a life in a process of its own, with `times` failing calls from the `nth` on; -1 = it hangs.
int outcome_of_life(const call_case& what, std::uint32_t nth, std::uint32_t times) {
  seen.clear();
  yoke_test::child_process host{[&] {
    failing_call::arm(what.which, nth, what.error, times);
    return live();
  }};
  const yoke::detail::file_descriptor process = yoke::detail::pidfd_open(host.pid());
  pollfd watched{process.get(), POLLIN, 0};
  if (::poll(&watched, 1, 20'000) == 0) return -1;
  return host.wait();
}

std::string name_of(const testing::TestParamInfo<call_case>& each) {
  return std::string{failing_call::name(each.param.which)} + "_" + ::strerrorname_np(each.param.error);
}

class failing : public testing::TestWithParam<call_case> {};
class interrupted : public failing {};

// A pool makes some calls thousands of times; what can go wrong goes wrong among the first.
constexpr std::uint32_t most_calls = 60;

}  // namespace

TEST_P(failing, gives_a_right_answer_or_a_clear_error_and_leaves_nothing) {
  for (std::uint32_t nth = 1; nth <= most_calls; ++nth) {
    testing::internal::CaptureStderr();
    const int outcome = outcome_of_life(GetParam(), nth, 1);
    const bool was_hit = failing_call::hits() > 0;
    const std::string text = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(outcome == right || outcome == refused) << "outcome " << outcome << " at call " << nth << ": " << text;
    if (outcome == refused) {
      EXPECT_GT(text.size(), 20U) << "an error has to say what happened, at call " << nth;
    }
    ASSERT_TRUE(within(2s, [] { return branded_processes() == 0; })) << "a process was left, at call " << nth;
    if (!was_hit) {
      EXPECT_EQ(outcome, right);
      EXPECT_GT(nth, 1U) << "the library does not make this call";
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    call, failing,
    testing::Values(call_case{system_call::fork, EAGAIN}, call_case{system_call::fork, ENOMEM},
                    call_case{system_call::memfd_create, EMFILE}, call_case{system_call::memfd_create, ENOSYS},
                    call_case{system_call::ftruncate, EFBIG}, call_case{system_call::fallocate, ENOSPC},
                    call_case{system_call::fallocate, ENOMEM}, call_case{system_call::mmap, ENOMEM},
                    call_case{system_call::mprotect, ENOMEM}, call_case{system_call::madvise, ENOMEM},
                    call_case{system_call::fcntl, EMFILE}, call_case{system_call::eventfd, EMFILE},
                    call_case{system_call::socketpair, EMFILE}, call_case{system_call::sendmsg, ENOBUFS},
                    call_case{system_call::recvmsg, ENOMEM}, call_case{system_call::poll, ENOMEM},
                    call_case{system_call::ppoll, ENOMEM}, call_case{system_call::waitid, EINVAL},
                    call_case{system_call::waitpid, ECHILD}, call_case{system_call::setpgid, EACCES},
                    call_case{system_call::prctl, EINVAL}, call_case{system_call::close_range, ENOSYS},
                    call_case{system_call::signalfd, EMFILE}, call_case{system_call::sigprocmask, EINVAL},
                    call_case{system_call::sigaction, EFAULT}, call_case{system_call::open, EMFILE},
                    call_case{system_call::openat, ENFILE}, call_case{system_call::read, EIO},
                    call_case{system_call::write, EIO}, call_case{system_call::dup2, EMFILE},
                    call_case{system_call::pipe2, EMFILE}, call_case{system_call::syscall, EMFILE},
                    call_case{system_call::syscall, ENOSYS}),
    name_of);

TEST_P(interrupted, is_made_again) {
  for (std::uint32_t nth = 1; nth <= most_calls; ++nth) {
    ASSERT_EQ(outcome_of_life(GetParam(), nth, 3), right) << "at call " << nth;
    if (failing_call::hits() == 0) return;
  }
}

INSTANTIATE_TEST_SUITE_P(call, interrupted,
                         testing::Values(call_case{system_call::poll, EINTR}, call_case{system_call::ppoll, EINTR},
                                         call_case{system_call::waitpid, EINTR}, call_case{system_call::waitid, EINTR},
                                         call_case{system_call::sendmsg, EINTR}, call_case{system_call::recvmsg, EINTR},
                                         call_case{system_call::read, EINTR}, call_case{system_call::open, EINTR},
                                         call_case{system_call::fallocate, EINTR}),
                         name_of);
