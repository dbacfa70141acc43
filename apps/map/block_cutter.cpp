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
  out = {block.memory, block.allocated};
  under_way_.emplace(cut_++, place{input_, block.offset, block.bytes});
  return supply::chunk;
}

void block_cutter::next_ranges(detail::stream_block& out) {
  std::array<file_range, most_ranges> ranges;
  place where{.input = input_, .offset = offset_};
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
  const block_ticket ticket{.ranges = count, .bytes = 0};
  const std::size_t size = sizeof ticket + count * sizeof(file_range);
  const auto noted = under_way_.emplace(cut_, where).first;  // before the input moves on: nothing is lost if this fails
  std::byte* memory = nullptr;
  try {
    memory = workers_.allocate(size);
  } catch (...) {
    under_way_.erase(noted);
    throw;
  }
  ++cut_;
  std::memcpy(memory, &ticket, sizeof ticket);
  std::memcpy(memory + sizeof ticket, ranges.data(), count * sizeof(file_range));
  input_ = input;
  offset_ = offset;
  out = {memory, size};
}

void block_cutter::release(const detail::stream_block& block) noexcept {
  workers_.release(const_cast<std::byte*>(block.input), block.input_bytes);
}

block_cutter::place block_cutter::settle(std::uint64_t block) {
  const auto found = under_way_.find(block);
  const place where = found->second;
  under_way_.erase(found);
  return where;
}

}  // namespace yoke::cli
