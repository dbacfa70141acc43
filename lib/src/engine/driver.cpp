#include <yoke/detail/driver.hpp>

#include <algorithm>
#include <chrono>

namespace yoke::detail {
namespace {

using clock = std::chrono::steady_clock;

// How long one pool has the thread to itself while others are waited for as well. Meanwhile they work on what they
// hold.
constexpr std::chrono::nanoseconds shortest_turn{20'000};
constexpr std::chrono::nanoseconds longest_turn{1'000'000};

}  // namespace

void driver_set::add(driver& one) {
  if (std::ranges::find(all_, &one) != all_.end()) return;
  all_.push_back(&one);
  one.add_reference();
}

bool driver_set::drive(clock::time_point until, const std::function<bool()>& done) const {
  if (all_.size() == 1) return all_.front()->drive(until, done);
  for (auto turn = shortest_turn; !done(); turn = std::min(2 * turn, longest_turn)) {
    for (driver* each : all_) {
      if (each->drive(std::min(until, clock::now() + turn), done)) return true;
    }
    if (until != clock::time_point::max() && clock::now() >= until) return done();
  }
  return true;
}

void driver_set::look_again() const {
  for (driver* each : all_) each->look_again();
}

}  // namespace yoke::detail
