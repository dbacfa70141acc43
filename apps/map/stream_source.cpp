#include "map/stream_source.hpp"

#include "common/command_error.hpp"
#include "common/memory.hpp"
#include "common/quantities.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

constexpr std::size_t first_room = std::size_t{1} << 20;
constexpr std::size_t always_affordable = std::size_t{64} << 20;
constexpr int wide_pipe = 1 << 20;

}  // namespace

stream_source::stream_source(const input& of, std::size_t block, detail::backend& memory)
    : input_{of}, workers_{memory}, descriptor_{STDIN_FILENO}, block_{block} {
  if (of.name != "-") {
    // A FIFO opened without O_NONBLOCK would keep us here until somebody writes.
    opened_.reset(::open(of.name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened_) throw io_error{fmt::format("{}: {}", of.name, errno_text())};
    descriptor_ = opened_.get();
  }
  static_cast<void>(::fcntl(descriptor_, F_SETPIPE_SZ, wide_pipe));  // fewer system calls, where it is a pipe
}

stream_source::~stream_source() {
  if (memory_ != nullptr) workers_.release(memory_, allocated_);
}

bool stream_source::readable() const {
  pollfd watched{descriptor_, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

void stream_source::make_room() {
  if (memory_ != nullptr && used_ + sizeof(block_ticket) < allocated_) return;
  const std::size_t wanted = memory_ == nullptr ? std::min(block_, first_room) + sizeof(block_ticket) : 2 * allocated_;
  if (wanted > always_affordable && wanted > memory_field("MemAvailable").value_or(wanted) / 2) {
    throw io_error{
        fmt::format("{}: a line of more than {} does not fit into memory", input_.label(), size_text(used_))};
  }
  std::byte* const wider = workers_.allocate(wanted);
  if (memory_ != nullptr) {
    std::memcpy(wider, memory_, sizeof(block_ticket) + used_);
    workers_.release(memory_, allocated_);
  }
  memory_ = wider;
  allocated_ = wanted;
}

bool stream_source::cut_at_last_record() {
  const std::string_view fresh{text() + searched_, used_ - searched_};
  const std::size_t newline = fresh.rfind('\n');
  if (newline == std::string_view::npos) {
    searched_ = used_;
    return false;
  }
  cut_ = searched_ + newline + 1;
  return true;
}

stream_source::got stream_source::read(bool hungry) {
  while (!ended_) {
    make_room();
    if (!readable()) return hungry && cut_at_last_record() ? got::block : got::nothing_yet;
    const ssize_t count = ::read(descriptor_, text() + used_, allocated_ - sizeof(block_ticket) - used_);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return hungry && cut_at_last_record() ? got::block : got::nothing_yet;
      throw io_error{fmt::format("{}: {}", input_.label(), errno_text())};
    }
    if (count == 0) {
      ended_ = true;
      break;
    }
    used_ += static_cast<std::size_t>(count);
    if (used_ >= block_ && cut_at_last_record()) return got::block;
  }
  if (used_ == 0) return got::end;
  cut_ = used_;
  return got::block;
}

stream_source::payload stream_source::take() {
  const std::size_t rest = used_ - cut_;
  std::byte* next = nullptr;
  std::size_t next_allocated = 0;
  if (rest > 0) {
    next_allocated = std::max(rest + 1, std::min(block_, first_room)) + sizeof(block_ticket);
    next = workers_.allocate(next_allocated);
    std::memcpy(next + sizeof(block_ticket), text() + cut_, rest);
  }
  const block_ticket ticket{.ranges = 0, .bytes = cut_, .records = memory_ + sizeof(block_ticket)};
  std::memcpy(memory_, &ticket, sizeof ticket);
  const payload taken{memory_, allocated_, offset_, cut_};
  offset_ += cut_;
  memory_ = next;
  allocated_ = next_allocated;
  used_ = rest;
  searched_ = rest;
  return taken;
}

}  // namespace yoke::cli
