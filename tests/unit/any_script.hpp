#pragma once

#include "support/fake_backend.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <rapidcheck.h>

namespace yoke_test {

inline double any_chance(double most) { return static_cast<double>(*rc::gen::inRange(0, 100)) * most / 100; }

/// any_script is everything a backend may do to the engine without breaking the rules of the seam.
inline fake_script any_script(std::uint64_t items, const std::vector<int>& signals, std::size_t most_deaths) {
  fake_script script{.seed = *rc::gen::arbitrary<std::uint32_t>(),
                     .workers = *rc::gen::inRange<std::size_t>(1, 8),
                     .room = *rc::gen::inRange<std::size_t>(1, 30),
                     .refuses = any_chance(0.5),
                     .delays = any_chance(0.8),
                     .returns = any_chance(0.3),
                     .repeats = any_chance(0.5),
                     .dies_after = any_chance(0.3),
                     .out_of_memory = any_chance(0.5),
                     .shuffles = *rc::gen::arbitrary<bool>(),
                     .deaths = {}};
  for (int deadly = *rc::gen::inRange(0, 10); deadly > 0 && items > 0; --deadly) {
    auto& deaths = script.deaths[*rc::gen::inRange<std::uint64_t>(0, items)];
    const std::size_t wanted = *rc::gen::inRange<std::size_t>(1, most_deaths + 1);
    while (deaths.size() < wanted) deaths.push_back(*rc::gen::elementOf(signals));
  }
  return script;
}

}  // namespace yoke_test
