#include <yoke/yoke.hpp>

#include "support/child_process.hpp"
#include "support/shared_page.hpp"
#include "support/temporary_folder.hpp"
#include "sys/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace std::chrono_literals;
using yoke_test::child_process;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { written, killed };

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void say(const std::string& text) { static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()) > 0); }

constexpr std::size_t flood_per_item = std::size_t{1} << 20;

int flood(int n) {
  const std::string line(127, static_cast<char>('a' + n % 26));
  for (std::size_t bytes = 0; bytes < flood_per_item; bytes += 128) say(line + '\n');
  return n;
}

/// A host whose standard error is a pipe to the test.
class stderr_of_process_workers : public testing::Test {
 protected:
  void SetUp() override {
    seen.clear();
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader_.reset(ends[0]);
    real_.reset(ends[1]);
  }

  /// host runs `body` in a process that writes its standard error into the pipe.
  template <class Body>
  child_process host(Body body) {
    child_process made{[&] {
      ::dup2(real_.get(), STDERR_FILENO);
      reader_.reset();
      real_.reset();
      return body();
    }};
    real_.reset();
    return made;
  }

  /// Reads until no process has the other end, with a pause after each read.
  std::string read_all(std::chrono::microseconds pause = 0us) {
    std::string all;
    std::vector<char> buffer(65536);
    for (ssize_t got = 0; (got = ::read(reader_.get(), buffer.data(), buffer.size())) > 0;) {
      all.append(buffer.data(), static_cast<std::size_t>(got));
      std::this_thread::sleep_for(pause);
    }
    return all;
  }

  yoke::detail::file_descriptor reader_;
  yoke::detail::file_descriptor real_;
};

}  // namespace

TEST_F(stderr_of_process_workers, has_arrived_before_the_pool_is_gone_in_the_order_each_worker_wrote_it) {
  child_process program = host([] {
    {
      yoke::pool pool{{.workers = 3}};
      pool.map(numbers(2000), [](int n) {
        say(std::to_string(::getpid()) + ' ' + std::to_string(++seen[static_cast<std::size_t>(::getpid()) % 512]) +
            '\n');
        return n;
      });
    }
    say("0 1\n");
    return 0;
  });
  const std::string all = read_all();
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 2001);
  EXPECT_TRUE(all.ends_with("\n0 1\n"));
  std::map<int, int> last;
  int pid = 0;
  int count = 0;
  for (const char* at = all.c_str(); std::sscanf(at, "%d %d", &pid, &count) == 2; at = std::strchr(at, '\n') + 1) {
    ASSERT_EQ(count, ++last[pid]);
  }
}

TEST_F(stderr_of_process_workers, loses_nothing_when_workers_are_killed) {
  child_process program = host([] {
    yoke::pool pool{{.workers = 3}};
    pool.map(numbers(500),
             [](int n) {
               say("line\n");
               ++seen[written];
               if (n % 20 == 0 && seen[256 + static_cast<std::size_t>(n) / 20].fetch_add(1) == 0) ::raise(SIGKILL);
               return n;
             },
             {.chunk = 1});
    return 0;
  });
  const std::string all = read_all();
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(all.size(), 5 * seen[written].load());
}

TEST_F(stderr_of_process_workers, loses_nothing_when_the_coordinator_is_killed) {
  child_process program = host([] {
    yoke::pool pool{{.workers = 3}};
    pool.map(numbers(100'000), [](int n) {
      say("line\n");
      ++seen[written];
      return n;
    });
    return 0;
  });
  while (seen[written] < 1000) std::this_thread::yield();
  program.kill();
  EXPECT_GE(read_all().size(), 5 * seen[written].load());
}

TEST_F(stderr_of_process_workers, flooded_into_a_file_loses_neither_a_byte_nor_a_deadline) {
  const yoke_test::temporary_folder folder;
  const std::string path = folder.file("err", "");
  child_process program{[&] {
    ::dup2(::open(path.c_str(), O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    yoke::pool pool{{.workers = 4}};
    if (pool.map(numbers(100), flood).size() != 100) return 1;
    try {
      pool.map(numbers(100),
               [](int n) {
                 while (n == 50) say("stuck\n");
                 return flood(n);
               },
               {.deadline = 2s});
    } catch (const yoke::task_timeout& late) {
      return late.item() == 50 && late.end().last_words.ends_with("stuck\nstuck") ? 0 : 2;
    }
    return 3;
  }};
  EXPECT_EQ(program.wait(), 0);
  std::array<std::size_t, 26> lines{};
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    if (line == "stuck") continue;
    ASSERT_EQ(line, std::string(127, line.front())) << "a line was torn";
    ++lines[static_cast<std::size_t>(line.front() - 'a')];
  }
  for (const int letter : numbers(26)) {
    EXPECT_GE(lines[static_cast<std::size_t>(letter)], (letter < 22 ? 4U : 3U) * flood_per_item / 128);
  }
}

TEST_F(stderr_of_process_workers, flooded_to_a_slow_reader_loses_nothing) {
  child_process program = host([] {
    yoke::pool pool{{.workers = 4}};
    return pool.map(numbers(10), flood).size() == 10 ? 0 : 1;
  });
  EXPECT_EQ(read_all(5ms).size(), 10 * flood_per_item);
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(stderr_of_process_workers, flooded_without_any_reader_makes_a_worker_wait_but_its_deadline_holds) {
  child_process program = host([] {
    yoke::pool pool{{.workers = 4}};
    try {
      pool.map(numbers(100), flood, {.chunk = 1, .deadline = 100ms});
    } catch (const yoke::task_timeout&) {
      return pool.map(numbers(100), [](int n) { return n; }) == numbers(100) ? 0 : 2;
    }
    return 1;
  });
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(stderr_of_process_workers, closed_is_no_reason_to_die) {
  reader_.reset();
  child_process program = host([] {
    yoke::pool pool{{.workers = 4}};
    return pool.map(numbers(100), flood) == numbers(100) ? 0 : 1;
  });
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(stderr_of_process_workers, closed_by_a_task_is_not_opened_again) {
  yoke::pool pool{{.workers = 1}};
  const auto still = [](int n) { return ::fcntl(STDERR_FILENO, F_GETFD) != -1 ? n : -1; };
  pool.map(numbers(1), [](int n) { return ::close(STDERR_FILENO) + n; });
  EXPECT_EQ(pool.map(numbers(1), still).front(), -1);
  EXPECT_THROW(pool.map(numbers(1), [](int n) { return std::abort(), n; }), yoke::worker_lost);
  EXPECT_EQ(pool.map(numbers(1), still).front(), 0);
}

TEST_F(stderr_of_process_workers, held_open_by_a_grandchild_delays_nobody) {
  child_process program = host([] {
    yoke::pool pool{{.workers = 1}};
    for (int round = 0; round < 5; ++round) {
      try {
        pool.map(numbers(1), [](int n) {
          if (::fork() == 0) {
            ::setsid();
            for (;;) say("grandchild\n"), std::this_thread::sleep_for(1ms);
          }
          say("worker\n");
          return std::abort(), n;
        });
        return 1;
      } catch (const yoke::worker_lost& lost) {
        // Which of the two wrote the last eight lines depends on how long the worker takes to die.
        if (lost.end().last_words.empty()) return 2;
      }
    }
    return 0;
  });
  const std::string all = read_all();
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(all.find("worker\n"), std::string::npos);
}

TEST_F(stderr_of_process_workers, is_the_programs_own_where_that_was_asked_for) {
  const auto place = [](int) {
    struct stat facts {};
    ::fstat(STDERR_FILENO, &facts);
    return facts.st_ino;
  };
  const auto here = place(0);
  EXPECT_EQ((yoke::pool{{.workers = 1, .direct_stderr = true}}.map(numbers(1), place).front()), here);
  EXPECT_NE((yoke::pool{{.workers = 1}}.map(numbers(1), place).front()), here);
}
