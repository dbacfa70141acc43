#include "map/block_cutter.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace yoke::cli {
namespace {

using supply = detail::job::supply;

constexpr std::size_t most_ranges = 256;

}  // namespace

supply block_cutter::next(detail::stream_block& out) {
  while (input_ < inputs_.size()) {
    if (inputs_[input_].how != input::way::streamed) {
      next_ranges(out);
      return supply::chunk;
    }
    const supply got = next_of_stream(out);
    if (got != supply::end) return got;
    stream_.reset();
    ++input_;
  }
  return supply::end;
}

supply block_cutter::next_of_stream(detail::stream_block& out) {
  if (!stream_) stream_.emplace(inputs_[input_], block_, workers_);
  const bool idle = under_way_.empty();
  switch (stream_->read(idle)) {
    case stream_source::got::end:
      return supply::end;
    case stream_source::got::nothing_yet:
      return supply::pending;
    case stream_source::got::block:
      break;
  }
  const auto block = stream_->take();
  under_way_.emplace(out.number, piece{.where = {.input = input_, .offset = block.offset, .bytes = block.bytes}});
  out.input = block.memory;
  out.input_bytes = block.allocated;
  return supply::chunk;
}

void block_cutter::next_ranges(detail::stream_block& out) {
  std::array<file_range, most_ranges> ranges;
  block_place where{.input = input_, .offset = offset_};
  std::size_t input = input_;
  std::uint64_t offset = offset_;
  std::size_t count = 0;
  while (count < most_ranges && input < inputs_.size() && inputs_[input].how != cli::input::way::streamed) {
    const std::uint64_t length = std::min<std::uint64_t>(block_, inputs_[input].size - offset);
    if (count > 0 && where.bytes + length > block_) break;
    ranges[count++] = {input, offset, length};
    where.bytes += length;
    offset += length;
    if (offset == inputs_[input].size) {
      ++input;
      offset = 0;
    }
  }
  // Noted before the input moves on: nothing is lost if memory runs out.
  const auto noted = under_way_.emplace(out.number, piece{.where = where}).first;
  try {
    put_ranges({ranges.data(), count}, out);
  } catch (...) {
    under_way_.erase(noted);
    throw;
  }
  input_ = input;
  offset_ = offset;
}

void block_cutter::put_ranges(std::span<const file_range> ranges, detail::stream_block& out) {
  const block_ticket ticket{.ranges = ranges.size()};
  const std::size_t size = sizeof ticket + ranges.size_bytes();
  std::byte* const memory = workers_.allocate(size);
  std::memcpy(memory, &ticket, sizeof ticket);
  std::memcpy(memory + sizeof ticket, ranges.data(), ranges.size_bytes());
  out.input = memory;
  out.input_bytes = size;
}

void block_cutter::release(const detail::stream_block& block) noexcept {
  workers_.release(const_cast<std::byte*>(block.input), block.input_bytes);
  // Results may wait long for their turn; what they were made from need not.
  if (const auto known = under_way_.find(block.number); known != under_way_.end()) known->second.whole.reset();
}

block_place block_cutter::settle(std::uint64_t block) {
  const auto found = under_way_.find(block);
  block_place where = std::move(found->second.where);
  under_way_.erase(found);
  return where;
}

}  // namespace yoke::cli
