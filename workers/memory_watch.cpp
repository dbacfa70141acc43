#include "workers/memory_watch.hpp"

#include "workers/worker_limits.hpp"

#include <csignal>

namespace yoke::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds busy_tick = 20ms;
constexpr std::chrono::nanoseconds idle_tick = 200ms;

}  // namespace

void memory_watch::look(std::chrono::nanoseconds now, const std::unordered_map<pid_t, std::uint32_t>& workers) {
  if (limit_ == 0 || now < next_look_) return;
  bool busy = false;
  for (const auto& [pid, seat_index] : workers) {
    if (layout_.seat_at(seat_index).running.hint.load(std::memory_order_acquire) == 0) continue;
    busy = true;
    const std::uint64_t memory = private_memory_of(pid);
    if (memory < inherited_ || (memory - inherited_) / far_over < limit_) continue;
    end_cause none = end_cause::own;
    layout_.control(seat_index).cause.compare_exchange_strong(none, end_cause::memory);
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
  }
  next_look_ = now + (busy ? busy_tick : idle_tick);
}

std::chrono::nanoseconds memory_watch::next_look() const {
  return limit_ == 0 ? std::chrono::nanoseconds::max() : next_look_;
}

}  // namespace yoke::detail
