#include "workers/stderr_relay.hpp"

#include "queue/queue_layout.hpp"
#include "sys/clock.hpp"
#include "sys/error.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::size_t most_lines = 16;
constexpr std::chrono::milliseconds longest_stall{500};
constexpr rlim_t descriptors_kept_free = 16;
constexpr std::size_t most_tail = obituary::most_words;

void remember(std::string& tail, std::string_view text) {
  if (text.size() >= most_tail) tail.clear();
  tail.append(text.substr(text.size() - std::min(text.size(), most_tail)));
  if (tail.size() > 2 * most_tail) tail.erase(0, tail.size() - most_tail);
}

std::size_t bytes_in(const file_descriptor& pipe) {
  int bytes = 0;
  return ::ioctl(pipe.get(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace

std::string_view last_lines(std::string_view text, std::size_t most_bytes) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::size_t begin = text.size();
  for (std::size_t lines = 0; lines < most_lines && begin > 0; ++lines) {
    const std::size_t line_end = lines == 0 ? begin : begin - 1;
    const std::size_t newline = line_end == 0 ? std::string_view::npos : text.rfind('\n', line_end - 1);
    const std::size_t line = newline == std::string_view::npos ? 0 : newline + 1;
    if (text.size() - line > most_bytes) break;
    begin = line;
  }
  if (begin == text.size()) begin -= std::min(begin, most_bytes);
  text.remove_prefix(begin);
  text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
  return text;
}

stderr_relay::stderr_relay(int real)
    : outlet_{real},
      watched_{clear_of_standard_streams(
          file_descriptor{check(::epoll_create1(EPOLL_CLOEXEC), "epoll for the workers' standard error")})} {}

stderr_relay::channel stderr_relay::open() {
  std::array<int, 2> ends{};
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  source made{.pipe = clear_of_standard_streams(file_descriptor{ends[0]}), .held = {}, .tail = {}};
  channel given{.end = clear_of_standard_streams(file_descriptor{ends[1]}), .name = made.pipe.get()};
  epoll_event wanted{.events = EPOLLIN, .data = {.fd = given.name}};
  if (static_cast<rlim_t>(given.name) + descriptors_kept_free > descriptors.rlim_cur) return {};
  const bool watched = ::fcntl(given.name, F_SETFL, O_NONBLOCK) == 0 &&
                       ::epoll_ctl(watched_.get(), EPOLL_CTL_ADD, given.name, &wanted) == 0;
  if (!watched) return {};
  sources_.emplace(given.name, std::move(made));
  return given;
}

std::string stderr_relay::close(int name) {
  const auto found = sources_.find(name);
  if (found == sources_.end()) return {};
  source& left = found->second;
  std::string rest = std::move(left.held);
  // No more than is there now: somebody the worker started may go on writing.
  std::array<char, std::size_t{1} << 16> buffer;
  for (std::size_t still = bytes_in(left.pipe); still > 0;) {
    const ssize_t got = retry_on_interrupt([&] { return ::read(name, buffer.data(), std::min(still, buffer.size())); });
    if (got <= 0) break;
    const std::string_view text{buffer.data(), static_cast<std::size_t>(got)};
    remember(left.tail, text);
    rest += text;
    still -= text.size();
  }
  if (backlog_.size() + rest.size() <= most_backlog) {
    backlog_ += rest;
  } else {
    dropped_ += rest.size();
  }
  std::string words{last_lines(left.tail, most_tail)};
  // Explicitly: the pipe may be open in a process just forked, and would stay watched.
  static_cast<void>(::epoll_ctl(watched_.get(), EPOLL_CTL_DEL, name, nullptr));
  sources_.erase(found);
  return words;
}

short stderr_relay::events() const { return blocked() ? POLLOUT : POLLIN; }

void stderr_relay::pass_on() {
  if (!flush()) return;
  std::array<epoll_event, 64> ready;
  const int count = ::epoll_wait(watched_.get(), ready.data(), static_cast<int>(ready.size()), 0);
  for (int each = 0; each < count && !blocked(); ++each) {
    const auto from = sources_.find(ready[static_cast<std::size_t>(each)].data.fd);
    if (from != sources_.end()) pump(from->second);
  }
}

void stderr_relay::pump(source& from) {
  std::array<char, stderr_outlet::piece> buffer;
  std::copy(from.held.begin(), from.held.end(), buffer.begin());
  const std::size_t before = from.held.size();
  const ssize_t got =
      retry_on_interrupt([&] { return ::read(from.pipe.get(), buffer.data() + before, buffer.size() - before); });
  if (got < 0) return;
  from.held.clear();
  if (got == 0) {
    // Everybody who had the other end has closed it. The worker may live on.
    static_cast<void>(::epoll_ctl(watched_.get(), EPOLL_CTL_DEL, from.pipe.get(), nullptr));
    return pass({buffer.data(), before});
  }
  std::string_view text{buffer.data(), before + static_cast<std::size_t>(got)};
  remember(from.tail, text.substr(before));
  const std::size_t newline = text.rfind('\n');
  const bool cuts_line = newline != std::string_view::npos && newline + 1 < text.size() && bytes_in(from.pipe) > 0;
  if (cuts_line) {
    from.held = text.substr(newline + 1);
    text = text.substr(0, newline + 1);
  }
  pass(text);
}

void stderr_relay::pass(std::string_view text) { backlog_ += text.substr(outlet_.write(text)); }

bool stderr_relay::flush() {
  backlog_.erase(0, outlet_.write(backlog_));
  if (blocked() || dropped_ == 0) return !blocked();
  pass("yoke: " + std::to_string(std::exchange(dropped_, 0)) +
       " bytes that workers wrote before they died were dropped: nobody read standard error\n");
  return !blocked();
}

void stderr_relay::finish(std::chrono::nanoseconds at_most) {
  const auto end = monotonic_now() + at_most;
  while (!flush()) {
    const auto left = std::min<std::chrono::nanoseconds>(end - monotonic_now(), longest_stall);
    pollfd watched{outlet_.descriptor(), POLLOUT, 0};
    const timespec limit = to_timespec(left);
    if (left.count() <= 0 || retry_on_interrupt([&] { return ::ppoll(&watched, 1, &limit, nullptr); }) <= 0) return;
  }
}

}  // namespace yoke::detail
