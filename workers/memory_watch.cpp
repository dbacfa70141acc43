#include "workers/memory_watch.hpp"

#include "workers/worker_limits.hpp"

#include <algorithm>
#include <csignal>

namespace yoke::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds tick = 20ms;

}  // namespace

void memory_watch::look(std::chrono::nanoseconds now, std::span<const subject> workers, lane_groups* groups) {
  if (!is_due(now)) return;
  for (const auto& [pid, seat_index, lane] : workers) {
    if (layout_.seat_at(seat_index).running.hint.load(std::memory_order_acquire) == 0) continue;
    const memory_group* const group = groups != nullptr ? groups->of(lane) : nullptr;
    std::uint64_t memory = private_memory_of(pid);
    // Pages that a worker was born with are charged to whoever made them: they are not in its group.
    if (group != nullptr) memory = std::max(memory, groups->used(lane) + inherited_);
    if (memory < inherited_ || (memory - inherited_) / far_over < limit_) continue;
    end_cause none = end_cause::own;
    layout_.control(seat_index).cause.compare_exchange_strong(none, end_cause::memory);
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
    if (group != nullptr) group->kill();
  }
  next_look_ = now + tick;
}

std::chrono::nanoseconds memory_watch::next_look() const {
  return limit_ == 0 ? std::chrono::nanoseconds::max() : next_look_;
}

}  // namespace yoke::detail
