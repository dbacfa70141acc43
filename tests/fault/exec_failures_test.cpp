#include <yoke/yoke.hpp>

#include "start/handshake.hpp"
#include "support/child_process.hpp"
#include "support/exec_programs/tasks.hpp"
#include "support/host.hpp"
#include "support/program.hpp"
#include "support/shared_page.hpp"
#include "support/temporary_folder.hpp"
#include "sys/socket.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using testing::HasSubstr;
using yoke_test::child_process;
using yoke_test::program;

using yoke_test::branded_processes;
using yoke_test::within;

namespace {

const yoke_test::shared_page seen;

yoke::pool_options executing(const std::string& file) {
  return {.workers = 2, .start = yoke::start::exec, .worker_program = file};
}

/// Returns the text of the start_error; nothing is left of the program that failed.
std::string error_of(const std::string& file) {
  std::string text = "no error";
  try {
    const yoke::pool pool{executing(file)};
  } catch (const yoke::start_error& error) {
    text = error.what();
  }
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; })) << "more than one process is left of " << file;
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left of " << file;
  return text;
}

class failing_start_of_executed_process_pool : public testing::Test {
 protected:
  [[nodiscard]] std::string executable(const char* name, const std::string& text) const {
    std::string path = folder_.file(name, text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  yoke_test::temporary_folder folder_;
};

}  // namespace

TEST_F(failing_start_of_executed_process_pool, names_a_worker_program_that_is_missing) {
  EXPECT_THAT(error_of("/no/such/program"), AllOf(HasSubstr("/no/such/program"), HasSubstr("No such file")));
}

TEST_F(failing_start_of_executed_process_pool, names_a_worker_program_that_is_not_executable) {
  const std::string file = folder_.file("plain", "#!/bin/sh\n");
  EXPECT_THAT(error_of(file), AllOf(HasSubstr(file), HasSubstr("Permission denied")));
  EXPECT_THAT(error_of(folder_.path()), HasSubstr("Permission denied"));
}

TEST_F(failing_start_of_executed_process_pool, names_a_worker_program_of_another_architecture) {
  std::ifstream self{"/proc/self/exe", std::ios::binary};
  std::string header(64, '\0');
  self.read(header.data(), 64);
  header[18] = 22;  // e_machine: IBM S/390
  header[19] = 0;
  for (const std::string& file : {executable("foreign", header), executable("garbage", "\177ELF garbage"),
                                  executable("no_shebang", "exit 0\n"), executable("empty", "")}) {
    EXPECT_THAT(error_of(file), AllOf(HasSubstr(file), HasSubstr("Exec format error"), HasSubstr("for this machine")));
  }
}

TEST_F(failing_start_of_executed_process_pool, quotes_the_line_that_a_worker_program_lacks) {
  EXPECT_THAT(error_of("/bin/true"),
              AllOf(HasSubstr("ended with status 0"), HasSubstr("yoke::worker_entry(argc, argv)")));
  EXPECT_THAT(error_of(executable("dies", "#!/bin/sh\nkill -SEGV $$\n")), HasSubstr("was ended by SIGSEGV"));
}

TEST_F(failing_start_of_executed_process_pool, ends_a_worker_program_that_does_not_answer_with_all_that_it_started) {
  const std::string sleeps = executable("sleeps", "#!/bin/sh\nsleep 1000 &\nsleep 1000\n");
  EXPECT_THAT(error_of(sleeps), AllOf(HasSubstr("within 2 s"), HasSubstr("yoke::worker_entry(argc, argv)")));
}

TEST_F(failing_start_of_executed_process_pool, runs_no_exit_handler_of_the_host_in_a_child) {
  child_process host{[] {
    std::atexit([] { ++seen[0]; });
    for (const char* const file : {"/no/such/program", "/proc/self/environ", "/bin/true"}) {
      try {
        const yoke::pool pool{executing(file)};
        return 1;
      } catch (const yoke::start_error&) {
      }
    }
    return seen[0] == 0 ? 0 : 2;
  }};
  EXPECT_EQ(host.wait(), 0);
}

#ifndef __SANITIZE_ADDRESS__  // it needs descriptors of its own to look at an exception
TEST_F(failing_start_of_executed_process_pool, leaves_nothing_wherever_descriptors_run_out) {
  child_process host{[] {
    for (rlim_t most = 3; most < 100; ++most) {
      const rlimit files{most, 1024};
      if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return 1;
      try {
        yoke::pool pool{{.workers = 1, .start = yoke::start::exec}};
        return pool.map(std::vector{1}, [](int item) { return item; }).front() == 1 ? 0 : 2;
      } catch (const yoke::start_error&) {
      } catch (const std::system_error&) {
      }
      if (::waitpid(-1, nullptr, 0) != -1) return 3;
    }
    return 4;
  }};
  EXPECT_EQ(host.wait(), 0);
}
#endif

TEST_F(failing_start_of_executed_process_pool, leaves_no_zombie_where_the_host_ignores_sigchld) {
  child_process host{[] {
    std::signal(SIGCHLD, SIG_IGN);
    try {
      const yoke::pool pool{executing("/bin/true")};
    } catch (const yoke::start_error& error) {
      return std::string{error.what()}.find("without an answer") != std::string::npos ? 0 : 2;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(failing_start_of_executed_process_pool, quotes_the_line_that_the_program_itself_lacks) {
  const auto ended = program{{EXEC_WITHOUT_ENTRY}}.run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.out, HasSubstr("yoke::worker_entry(argc, argv)"));
}

TEST_F(failing_start_of_executed_process_pool, is_no_fork_bomb_where_a_program_starts_itself_without_the_line) {
  const auto ended = program{{EXEC_WITHOUT_ENTRY, EXEC_WITHOUT_ENTRY}}.run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("was started by a pool"), HasSubstr("ended with status 3")));
}

TEST_F(failing_start_of_executed_process_pool, refuses_a_variable_that_is_left_over) {
  const auto without = program{{EXEC_WITHOUT_ENTRY}}.environment("YOKE_CONTROL_SOCKET", "3").run();
  EXPECT_EQ(without.status, 3);
  EXPECT_THAT(without.out, AllOf(HasSubstr("YOKE_CONTROL_SOCKET is set"), HasSubstr("yoke::worker_entry(argc, argv)")));
  for (const char* const value : {"0", "77"}) {
    const auto with = program{{EXEC_WORKER}}.environment("YOKE_CONTROL_SOCKET", value).run();
    EXPECT_EQ(with.status, yoke::detail::exit_internal) << value;
    EXPECT_THAT(with.err, HasSubstr("unset it")) << value;
  }
}

TEST_F(failing_start_of_executed_process_pool, refuses_another_build_of_a_library) {
  EXPECT_THAT(error_of(EXEC_WORKER_OF_ANOTHER_BUILD),
              AllOf(HasSubstr("libexec_tasks.so"), HasSubstr("another build"), HasSubstr("start this program anew")));
}

TEST_F(failing_start_of_executed_process_pool, refuses_another_version_of_the_library_itself) {
  auto [ours, theirs] = yoke::detail::make_seqpacket_pair();
  child_process started{[&theirs = theirs] {
    if (::dup2(theirs.get(), 100) < 0 || ::setenv("YOKE_CONTROL_SOCKET", "100", 1) != 0) return 1;
    ::execl(EXEC_WORKER, "worker", nullptr);
    return 2;
  }};
  theirs.reset();
  yoke::detail::send_message(ours.get(), yoke::detail::greeting{.layout = 1});
  yoke::detail::answer got;
  ASSERT_EQ(yoke::detail::receive_message(ours.get(), got), yoke::detail::packet_status::done);
  EXPECT_EQ(got.what, yoke::detail::answer::other_layout);
  EXPECT_EQ(started.wait(), yoke::detail::exit_internal);
}

TEST_F(failing_start_of_executed_process_pool, is_not_mistaken_where_another_program_has_the_library_of_the_tasks) {
  EXPECT_EQ(times_three(executing(EXEC_WORKER), {1, 2, 3}), (std::vector{3, 6, 9}));
}

TEST_F(failing_start_of_executed_process_pool, refuses_tasks_that_another_program_does_not_have) {
  yoke::pool pool{executing(EXEC_WORKER)};
  try {
    pool.map(std::vector{1, 2}, [](int item) { return item; });
    FAIL() << "no error";
  } catch (const yoke::capture_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("shared library that the worker program is linked with"));
  }
}

TEST_F(failing_start_of_executed_process_pool, refuses_options_that_do_not_go_together) {
  for (const yoke::backend kind : {yoke::backend::threads, yoke::backend::serial}) {
    EXPECT_THROW(yoke::pool({.backend = kind, .start = yoke::start::exec}), std::invalid_argument);
  }
  EXPECT_THROW(yoke::pool({.worker_program = "/bin/true"}), std::invalid_argument);
}
