#include <yoke/worker_entry.hpp>

#include "support/leftovers.hpp"
#include "support/process_marker.hpp"
#include "support/watchdog.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::chrono::seconds patience{10};  // a sanitized process takes its time to go
#else
constexpr std::chrono::seconds patience{1};
#endif

/// ThreadSanitizer starts a thread of its own along with the first of ours, and keeps it: that is no test's leftover.
void bring_out_sanitizer_thread() {
#ifdef __SANITIZE_THREAD__
  std::thread{[] {}}.join();
#endif
}

/// house_rules holds for every test, without the test's doing: it ends in time and leaves nothing behind.
class house_rules : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override {
    before_.emplace();
    watchdog_.emplace();
  }

  void OnTestEnd(const testing::TestInfo&) override {
    const std::string left = before_->since(patience);
    if (!left.empty()) {
      ADD_FAILURE() << "The test left this behind:\n" << left;
      before_->end_new_processes();
    }
    watchdog_.reset();
    before_.reset();
  }

  std::optional<yoke_test::leftovers> before_;
  std::optional<yoke_test::watchdog> watchdog_;
};

/// A folder of its own for each run: tests of other runs cannot show up as leftovers.
std::filesystem::path private_tmpdir() {
  std::string name = std::filesystem::temp_directory_path() / "yoke-tests.XXXXXX";
  if (mkdtemp(name.data()) == nullptr || setenv("TMPDIR", name.c_str(), 1) != 0) {
    std::perror(name.c_str());
    std::exit(2);
  }
  return name;
}

}  // namespace

int main(int argc, char** argv) {
  yoke::worker_entry(argc, argv);
  yoke_test::brand_this_process(argv);
  testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
  // What a shell runs in the background ignores these, and so would all that tests start.
  for (const int signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_DFL);
  const auto folder = private_tmpdir();
  bring_out_sanitizer_thread();
  testing::UnitTest::GetInstance()->listeners().Append(new house_rules);
  const int status = RUN_ALL_TESTS();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return status;
}
