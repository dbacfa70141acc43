#include "queue/arena.hpp"

#include <yoke/errors.hpp>

#include "sys/crash_point.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace yoke::detail {
namespace {

constexpr std::size_t smallest_step = 64 << 10;
constexpr std::size_t largest_step = 16 << 20;
constexpr std::size_t kept_warm = 16 << 20;

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

arena::arena(segment& home, queue_layout::range range, std::uint64_t delivered)
    : home_{home}, range_{range}, delivered_{delivered} {}

arena::sink::sink(arena& owner, std::size_t begin, std::size_t end)
    : owner_{owner}, begin_offset_{begin}, end_offset_{end} {
  begin_ = cursor_ = owner.home_.base() + owner.range_.offset + begin;
  limit_ = begin_ + (std::clamp(owner.committed_, begin, end) - begin);
}

void arena::sink::grow(std::size_t bytes) {
  reached(crash_point::result_growing);
  const std::size_t used = begin_offset_ + size();
  if (bytes > end_offset_ - used) {
    throw too_large{
        fmt::format("the results of one chunk need more than the {} bytes that a worker has for them: use "
                    "a smaller chunk, or return less",
                    end_offset_ - begin_offset_)};
  }
  owner_.commit_to(used + bytes);
  limit_ = begin_ + (std::min(owner_.committed_, end_offset_) - begin_offset_);
}

arena::sink arena::open(std::uint64_t delivered) {
  reclaim(delivered);
  if (held_.empty()) {
    if (committed_ > kept_warm) {
      home_.punch(range_.offset + kept_warm, committed_ - kept_warm);
      committed_ = kept_warm;
    }
    return {*this, 0, range_.bytes};
  }
  const region gap = largest_gap();
  return {*this, gap.begin, gap.end};
}

bool arena::is_roomy(std::uint64_t delivered) {
  reclaim(delivered);
  if (held_.empty()) return true;
  const region gap = largest_gap();
  return gap.end - gap.begin >= range_.bytes / 4;
}

arena::region arena::largest_gap() const {
  const std::size_t oldest = held_.front().begin;
  const std::size_t next = held_.back().end;
  if (next <= oldest) return {next, oldest};
  if (oldest >= range_.bytes - next) return {0, oldest};
  return {next, range_.bytes};
}

void arena::close(const sink& used) {
  held_.push_back({used.offset(), round_up(used.offset() + std::max<std::size_t>(used.size(), 1), 64)});
}

void arena::reclaim(std::uint64_t delivered) {
  while (delivered_ != delivered && !held_.empty()) {
    held_.pop_front();
    ++delivered_;
  }
  delivered_ = delivered;
}

void arena::commit_to(std::size_t end) {
  if (end <= committed_) return;
  const std::size_t step = std::clamp(committed_, smallest_step, largest_step);
  const std::size_t target = std::min(range_.bytes, round_up(std::max(end, committed_ + step), page_size()));
  home_.commit(range_.offset + committed_, target - committed_);
  committed_ = target;
}

}  // namespace yoke::detail
