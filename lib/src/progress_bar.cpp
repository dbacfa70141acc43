#include <yoke/progress.hpp>

#include "sys/terminal.hpp"
#include "sys/visible_text.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace yoke {
inline namespace v0 {

namespace {

constexpr std::string_view to_start = "\r\x1b[K";
constexpr std::size_t shortest_bar = 10;
constexpr std::size_t longest_bar = 50;

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string clock_text(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  if (seconds >= 3600) return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

progress_bar::progress_bar(std::string_view label)
    : label_{detail::visible_text(label)}, on_terminal_{detail::stderr_redraws()}, coloured_{[] {
        const char* const unwanted = std::getenv("NO_COLOR");
        return unwanted == nullptr || *unwanted == '\0';
      }()} {}

progress_bar::~progress_bar() { wipe(); }

void progress_bar::operator()(const progress_report& now) {
  if (!on_terminal_) return;
  const std::uint64_t total = std::max<std::uint64_t>(1, now.total);
  const std::uint64_t done = std::min(now.done, total);
  const bool whole = now.done >= now.total;
  if (now.last && !whole) return wipe();

  const double part = static_cast<double>(done) / static_cast<double>(total);
  const std::string front = fmt::format("{}{}{:3.0f}% ", label_, label_.empty() ? "" : " ", 100 * part);
  std::string back = fmt::format(" {}/{} {}", now.done, now.total, clock_text(now.elapsed));
  if (!now.last && now.remaining.count() > 0) back += fmt::format(" + {}", clock_text(now.remaining));
  if (now.failed > 0) back += fmt::format(", {} failed", now.failed);

  const std::size_t width = terminal_width();
  const std::size_t taken = front.size() + back.size() + 3;  // two brackets, and the last column stays free
  std::string line{to_start};
  if (width >= taken + shortest_bar) {
    const std::size_t length = std::min(width - taken, longest_bar);
    const auto filled = static_cast<std::size_t>(part * static_cast<double>(length));
    const std::string_view colour = !coloured_ ? "" : now.failed > 0 ? "\x1b[31m" : "\x1b[32m";
    line += fmt::format("{}[{}{:=<{}}{}{: <{}}]{}", front, colour, "", filled, coloured_ ? "\x1b[0m" : "", "",
                        length - filled, back);
  } else {
    line += (front + back.substr(1)).substr(0, std::max<std::size_t>(width, 2) - 1);
  }
  if (now.last) line += '\n';
  put(line);
  shown_ = !now.last;
}

void progress_bar::wipe() {
  if (std::exchange(shown_, false)) put(std::string{to_start});
}

}  // namespace v0
}  // namespace yoke
