#include <yoke/yoke.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <ranges>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// terminal takes the place of standard error while it lives, and collects what is written to it.
class terminal {
 public:
  terminal(const char* kind, unsigned short columns) : master_{::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)} {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) fail();
    const int slave = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
    if (slave < 0) fail();
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(slave, TIOCSWINSZ, &size);
    before_ = ::dup(STDERR_FILENO);
    ::dup2(slave, STDERR_FILENO);
    ::close(slave);
    if (const char* const now = std::getenv("TERM")) kind_before_ = now;
    ::setenv("TERM", kind, 1);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;
  ~terminal() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(master_);
    kind_before_.empty() ? ::unsetenv("TERM") : ::setenv("TERM", kind_before_.c_str(), 1);
  }

  /// written returns what has come since the last time.
  std::string written() {
    std::string text;
    std::array<char, 4096> buffer;
    for (ssize_t got = 0; (got = ::read(master_, buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    return text;
  }

 private:
  [[noreturn]] static void fail() { throw std::system_error{errno, std::generic_category(), "no terminal"}; }

  int master_;
  int before_ = -1;
  std::string kind_before_;
};

void run_with(yoke::progress_bar& bar) {
  yoke::pool pool{{.workers = 2}};
  pool.map(std::views::iota(0, 1000), [](int n) { return n; }, {.progress = bar});
}

/// longest_line is the most columns that a line takes: escape sequences take none.
std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::size_t now = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n') {
      now = 0;
    } else if (text[i] == '\x1b') {
      i = text.find_first_of("mK", i);
    } else {
      longest = std::max(longest, ++now);
    }
  }
  return longest;
}

}  // namespace

TEST(progress_bar, ends_with_a_line_of_its_own) {
  terminal shown{"xterm", 80};
  yoke::progress_bar bar{"rendering"};
  run_with(bar);
  const std::string text = shown.written();
  EXPECT_THAT(text, AllOf(HasSubstr("rendering 100% ["), HasSubstr(" 1000/1000 "), EndsWith("\n")));
  EXPECT_LT(longest_line(text), 80U);
}

TEST(progress_bar, fits_a_narrow_terminal) {
  terminal shown{"xterm", 24};
  yoke::progress_bar bar{"a label that is longer than the line"};
  run_with(bar);
  EXPECT_EQ(longest_line(shown.written()), 23U);
}

TEST(progress_bar, says_nothing_where_a_line_cannot_be_redrawn) {
  terminal shown{"dumb", 80};
  yoke::progress_bar bar{"rendering"};
  run_with(bar);
  EXPECT_EQ(shown.written(), "");
}

TEST(progress_bar, sends_no_commands_of_its_label) {
  terminal shown{"xterm", 80};
  yoke::progress_bar bar{"\x1b]0;title\x07"};
  run_with(bar);
  EXPECT_THAT(shown.written(), AllOf(HasSubstr("\\x1b]0;title\\x07"), Not(HasSubstr("\x07"))));
}

TEST(progress_bar, is_wiped_when_the_call_fails) {
  terminal shown{"xterm", 80};
  yoke::progress_bar bar{"rendering"};
  yoke::pool pool{{.workers = 1}};
  yoke::shared_array<int> drawn{pool, 1};
  const auto draw = [&](const yoke::progress_report& now) {
    bar(now);
    std::atomic_ref{drawn[0]} = 1;
  };
  const auto fails_once_drawn = [drawn = drawn.view()](int n) {
    while (n == 1 && std::atomic_ref{drawn[0]} == 0) std::this_thread::yield();
    if (n == 2) throw std::runtime_error{"2"};
    return n;
  };
  EXPECT_THROW(pool.map(std::views::iota(0, 3), fails_once_drawn, {.chunk = 1, .progress = draw}), std::runtime_error);
  const std::string text = shown.written();
  EXPECT_THAT(text, AllOf(HasSubstr("rendering"), EndsWith("\r\x1b[K")));
}
