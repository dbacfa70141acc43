#include "engine/running_item.hpp"

#include <yoke/stop_requested.hpp>

namespace yoke {
namespace detail {
namespace {

thread_local constinit running_item* innermost = nullptr;

}  // namespace

running_item::running_item(const progress_words& progress, const chunk_call& call)
    : progress_{progress}, call_{call}, outer_{innermost} {
  innermost = this;
}

running_item::~running_item() { innermost = outer_; }

void running_item::obeys(const std::atomic<task_order>& order) noexcept {
  if (innermost != nullptr) innermost->order_ = &order;
}

void running_item::forget_inherited() noexcept { innermost = nullptr; }

bool running_item::any_is_unwanted() noexcept {
  for (const running_item* each = innermost; each != nullptr; each = each->outer_) {
    if (each->is_unwanted()) return true;
  }
  return false;
}

bool running_item::is_unwanted() const noexcept {
  const std::uint64_t word = progress_.item.load(std::memory_order_relaxed);
  if ((word & progress_words::doom_bit) != 0) return true;
  if (order_ != nullptr && order_->load(std::memory_order_relaxed) == task_order::stop) return true;
  return !call_.wants(word & progress_words::offset_mask);
}

}  // namespace detail

inline namespace v0 {

bool stop_requested() noexcept { return detail::running_item::any_is_unwanted(); }

}  // namespace v0
}  // namespace yoke
