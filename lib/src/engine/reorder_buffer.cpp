#include "engine/reorder_buffer.hpp"

#include <utility>

namespace yoke::detail {

void reorder_buffer::announce(std::uint64_t block) {
  const auto here = places_.insert(places_.end(), place{.block = block});
  try {
    at_.emplace(block, here);
  } catch (...) {
    places_.erase(here);
    throw;
  }
}

void reorder_buffer::withdraw(std::uint64_t block) {
  const auto known = at_.find(block);
  places_.erase(known->second);
  at_.erase(known);
}

void reorder_buffer::replace(std::uint64_t block, std::uint64_t first, std::size_t count) {
  const auto old = at_.find(block);
  place_list fresh;
  std::size_t known = 0;
  try {
    for (; known < count; ++known) at_.emplace(first + known, fresh.insert(fresh.end(), place{.block = first + known}));
  } catch (...) {
    while (known > 0) at_.erase(first + --known);
    throw;
  }
  places_.splice(old->second, fresh);
  places_.erase(old->second);
  at_.erase(block);
}

void reorder_buffer::finished(std::uint64_t block, std::span<const std::byte> result) {
  if (!is_head(block)) {
    hold(block, result.size()).result.assign(result.begin(), result.end());
    return;
  }
  target_.finished(block, result);
  pass_on();
}

void reorder_buffer::failed(std::uint64_t block, std::exception_ptr error) {
  if (!is_head(block)) {
    hold(block, 0).error = std::move(error);
    return;
  }
  target_.failed(block, std::move(error));
  pass_on();
}

bool reorder_buffer::is_head(std::uint64_t block) const {
  return !places_.empty() && places_.front().block == block && !places_.front().taken;
}

reorder_buffer::place& reorder_buffer::hold(std::uint64_t block, std::size_t bytes) {
  place& here = *at_.at(block);
  here.taken = true;
  ++held_;
  held_bytes_ += weight(bytes);
  return here;
}

void reorder_buffer::pass_on() {
  // The head has just been passed on: it leaves, and whoever waited right behind it follows.
  while (true) {
    at_.erase(places_.front().block);
    places_.pop_front();
    if (places_.empty() || !places_.front().taken) return;
    const place next = std::move(places_.front());
    --held_;
    held_bytes_ -= weight(next.result.size());
    if (next.error) {
      target_.failed(next.block, next.error);
    } else {
      target_.finished(next.block, next.result);
    }
  }
}

}  // namespace yoke::detail
