#include "engine/reorder_buffer.hpp"

#include <utility>

namespace yoke::detail {

void reorder_buffer::finished(std::uint64_t block, std::span<const std::byte> result) {
  if (block != head_) {
    hold(block, result.size()).result.assign(result.begin(), result.end());
    return;
  }
  target_.finished(block, result);
  pass_on();
}

void reorder_buffer::failed(std::uint64_t block, std::exception_ptr error) {
  if (block != head_) {
    hold(block, 0).error = std::move(error);
    return;
  }
  target_.failed(block, std::move(error));
  pass_on();
}

reorder_buffer::place& reorder_buffer::hold(std::uint64_t block, std::size_t bytes) {
  const auto distance = static_cast<std::size_t>(block - head_);
  if (places_.size() <= distance) places_.resize(distance + 1);
  place& here = places_[distance];
  here.taken = true;
  ++held_;
  held_bytes_ += weight(bytes);
  return here;
}

void reorder_buffer::pass_on() {
  // The head has just been passed on: it leaves, and whoever waited right behind it follows.
  while (true) {
    if (!places_.empty()) places_.pop_front();
    ++head_;
    if (places_.empty() || !places_.front().taken) return;
    place next = std::move(places_.front());
    --held_;
    held_bytes_ -= weight(next.result.size());
    if (next.error) {
      target_.failed(head_, std::move(next.error));
    } else {
      target_.finished(head_, next.result);
    }
  }
}

}  // namespace yoke::detail
