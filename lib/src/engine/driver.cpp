#include <yoke/detail/completion.hpp>
#include <yoke/detail/driver.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace yoke::detail {
namespace {

using clock = std::chrono::steady_clock;

// How long one pool has the thread to itself while others are waited for as well. Meanwhile they work on what they
// hold.
constexpr std::chrono::nanoseconds shortest_turn{20'000};
constexpr std::chrono::nanoseconds longest_turn{1'000'000};
// How long to sleep where nobody would ring.
constexpr std::chrono::milliseconds without_pools{1};

/// What is still to come is made elsewhere, or by a callback that this thread has left for later.
void wait_without_pools() {
  completion_list::run_left();
  std::this_thread::sleep_for(without_pools);
}

}  // namespace

void driver_set::add(driver& one) {
  if (std::ranges::find(all_, &one) != all_.end()) return;
  all_.push_back(&one);
  one.add_reference();
}

bool driver_set::drive(clock::time_point until, const std::function<bool()>& done) const {
  const bool takes_turns = all_.size() > 1;
  for (std::chrono::nanoseconds turn = shortest_turn; !done(); turn = std::min(2 * turn, longest_turn)) {
    bool gone = true;
    for (driver* each : all_) {
      const auto how = each->drive(takes_turns ? std::min(until, clock::now() + turn) : until, done);
      if (how == driver::driven::done) return true;
      gone = gone && how == driver::driven::gone;
    }
    if (until != clock::time_point::max() && clock::now() >= until) return done();
    if (gone) wait_without_pools();
  }
  return true;
}

void driver_set::look_again() const noexcept {
  for (driver* each : all_) each->look_again();
}

}  // namespace yoke::detail
