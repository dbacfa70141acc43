#pragma once

#include "sys/crash_point.hpp"

#include <cstdint>

namespace yoke_test {

/// crash_plan says where the processes of the pools under test kill themselves, with SIGKILL. It holds for all
/// processes forked from this one, at once, and kills nobody until told to.
///
/// Only a program that links `yoke_crash_points` has it: there the queue and the workers are compiled with their crash
/// points in place.
class crash_plan {
 public:
  using point = yoke::detail::crash_point;

  /// clear forgets all plans and counts.
  static void clear();

  /// kill_at lets the `nth` process that gets to `where` from now on die there, and `times - 1` more after it.
  static void kill_at(point where, std::uint32_t nth = 1, std::uint32_t times = 1);

  /// kill_one_in lets each process that gets to `where` die with probability 1 / n; 0 = never.
  static void kill_one_in(point where, std::uint32_t n);

  /// clear_odds undoes all kill_one_in().
  static void clear_odds();

  /// kills is how many died there.
  [[nodiscard]] static std::uint64_t kills(point where);
  [[nodiscard]] static std::uint64_t kills();
};

}  // namespace yoke_test
