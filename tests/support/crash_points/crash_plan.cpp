#include "support/crash_points/crash_plan.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <new>
#include <random>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace yoke_test {
namespace {

constexpr auto points = static_cast<std::size_t>(yoke::detail::crash_point::count);

struct point_plan {
  std::atomic<std::uint32_t> skipped{0};  // hits to let pass before the kills
  std::atomic<std::uint32_t> wanted{0};   // kills still to come
  std::atomic<std::uint32_t> one_in{0};
  std::atomic<std::uint64_t> kills{0};
};
using plans = std::array<point_plan, points>;

plans& shared_plans() {
  static plans* const shared = [] {
    void* memory = ::mmap(nullptr, sizeof(plans), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error{"mmap of the crash plan failed"};
    return new (memory) plans;
  }();
  return *shared;
}

// Made before any process is forked, so that all share it.
const plans& made_early = shared_plans();

point_plan& plan_of(crash_plan::point where) { return shared_plans()[static_cast<std::size_t>(where)]; }

bool take_one(std::atomic<std::uint32_t>& left) {
  std::uint32_t now = left.load();
  while (now > 0 && !left.compare_exchange_weak(now, now - 1)) {
  }
  return now > 0;
}

/// chance is true once in `n` times, differently in each process.
bool chance(std::uint32_t n) {
  static pid_t seeded_in = 0;
  static std::minstd_rand random;
  if (const pid_t self = ::getpid(); self != seeded_in) {
    seeded_in = self;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    random.seed(static_cast<std::uint32_t>(now) ^ (static_cast<std::uint32_t>(self) << 12));
  }
  return std::uniform_int_distribution<std::uint32_t>{1, n}(random) == 1;
}

}  // namespace

void crash_plan::clear() {
  for (point_plan& each : shared_plans()) {
    each.skipped = each.wanted = each.one_in = 0;
    each.kills = 0;
  }
}

void crash_plan::kill_at(point where, std::uint32_t nth, std::uint32_t times) {
  plan_of(where).skipped = nth - 1;
  plan_of(where).wanted = times;
}

void crash_plan::kill_one_in(point where, std::uint32_t n) { plan_of(where).one_in = n; }

void crash_plan::clear_odds() {
  for (point_plan& each : shared_plans()) each.one_in = 0;
}

std::uint64_t crash_plan::kills(point where) { return plan_of(where).kills; }

std::uint64_t crash_plan::kills() {
  std::uint64_t sum = 0;
  for (const point_plan& each : shared_plans()) sum += each.kills;
  return sum;
}

}  // namespace yoke_test

namespace yoke::detail {

void reached(crash_point where) {
  yoke_test::point_plan& plan = yoke_test::plan_of(where);
  bool dies = false;
  if (plan.wanted.load(std::memory_order_relaxed) > 0) {
    dies = !yoke_test::take_one(plan.skipped) && yoke_test::take_one(plan.wanted);
  } else if (const std::uint32_t n = plan.one_in.load(std::memory_order_relaxed); n > 0) {
    dies = yoke_test::chance(n);
  }
  if (!dies) return;
  ++plan.kills;
  ::kill(::getpid(), SIGKILL);
}

}  // namespace yoke::detail
