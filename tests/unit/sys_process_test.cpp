#include "support/child_process.hpp"
#include "sys/process.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>

namespace yoke::detail {
namespace {

using yoke_test::child_process;

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

TEST(pidfd_of_a_process, becomes_readable_when_it_dies) {
  child_process child([] {
    for (;;) ::pause();
    return 0;
  });
  const file_descriptor pidfd = pidfd_open(child.pid());
  EXPECT_NE(::fcntl(pidfd.get(), F_GETFD) & FD_CLOEXEC, 0);
  pollfd death{pidfd.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&death, 1, 0), 0);
  EXPECT_TRUE(pidfd_send_signal(pidfd.get(), SIGTERM));
  EXPECT_EQ(::poll(&death, 1, 10000), 1);
  EXPECT_EQ(child.wait(), -SIGTERM);
  EXPECT_FALSE(pidfd_send_signal(pidfd.get(), SIGTERM)) << "the process has been reaped";
}

TEST(pidfd_of_a_process, cannot_be_had_for_a_pid_that_is_none) {
  EXPECT_THROW(static_cast<void>(pidfd_open(-1)), std::system_error);
}

TEST(is_single_threaded, is_true_in_a_fresh_process) {
  child_process child([] { return is_single_threaded() ? 0 : 1; });
  EXPECT_EQ(child.wait(), 0);
}

TEST(is_single_threaded, is_false_while_another_thread_lives) {
  std::atomic<bool> done{false};
  std::thread other([&] { done.wait(false); });
  EXPECT_FALSE(is_single_threaded());
  done = true;
  done.notify_one();
  other.join();
}

TEST(is_single_threaded, is_true_in_a_process_whose_other_threads_are_just_ending) {
  child_process child([] {
    for (int i = 0; i < 20; ++i) {
      std::atomic<bool> done{false};
      std::thread other([&] { done.wait(false); });
      done = true;
      done.notify_one();
      const bool answer = is_single_threaded();
      other.join();
      if (!answer) return 1;
    }
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(is_single_threaded, is_true_in_the_last_thread_of_a_process_whose_main_thread_has_ended) {
  child_process child([] {
    std::thread([main = ::pthread_self()] {
      ::pthread_join(main, nullptr);
      ::_exit(is_single_threaded() ? 0 : 1);
    }).detach();
    return static_cast<int>(::syscall(SYS_exit, 0));
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(close_descriptors_except, leaves_a_process_with_standard_ones_and_those_kept) {
  child_process child([] {
    std::array<int, 6> opened{};
    for (int& descriptor : opened) {
      descriptor = ::open("/dev/null", O_RDONLY);
      if (descriptor < 0) return 2;
    }
    const int far_away = ::dup2(opened[0], 900);
    const std::array<int, 4> keep{opened[4], opened[1], opened[4], 1};
    close_descriptors_except(keep);
    const bool kept = is_open(0) && is_open(1) && is_open(2) && is_open(opened[1]) && is_open(opened[4]);
    const bool others_open = is_open(opened[0]) || is_open(opened[2]) || is_open(opened[3]) || is_open(opened[5]) ||
                             is_open(far_away) || is_open(3) != (opened[1] == 3 || opened[4] == 3);
    return kept && !others_open ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(close_descriptors_except, leaves_a_process_with_standard_ones_when_nothing_is_to_be_kept) {
  child_process child([] {
    const int extra = ::open("/dev/null", O_RDONLY);
    close_descriptors_except({});
    return is_open(2) && !is_open(extra) ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(name_of_signal, knows_the_names_that_manuals_use) {
  EXPECT_EQ(name_of_signal(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(name_of_signal(SIGKILL), "SIGKILL");
  EXPECT_EQ(name_of_signal(SIGRTMIN), "SIGRTMIN");
  EXPECT_EQ(name_of_signal(SIGRTMIN + 3), "SIGRTMIN+3");
  EXPECT_EQ(name_of_signal(0), "signal 0");
  EXPECT_EQ(name_of_signal(999), "signal 999");
}

TEST(set_process_name, shows_in_the_process_list_cut_to_fifteen_bytes) {
  child_process child([] {
    set_process_name("yoke worker number 7");
    std::string name;
    std::getline(std::ifstream("/proc/self/comm"), name);
    return name == "yoke worker num" ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(reset_signals, gives_a_process_default_actions_and_an_empty_mask) {
  child_process child([] {
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGSEGV, [](int) {});
    ::signal(SIGRTMIN + 1, [](int) {});
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    reset_signals();
    for (const int signal : {SIGINT, SIGSEGV, SIGRTMIN + 1}) {
      struct sigaction now {};
      if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return 1;
    }
    sigset_t mask;
    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
    return ::sigisemptyset(&mask) ? 0 : 2;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(reset_signals, lets_a_process_die_of_a_signal_it_had_caught) {
  child_process child([] {
    ::signal(SIGTERM, [](int) {});
    reset_signals();
    ::raise(SIGTERM);
    return 0;
  });
  EXPECT_EQ(child.wait(), -SIGTERM);
}

}  // namespace
}  // namespace yoke::detail
