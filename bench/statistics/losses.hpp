#pragma once

#include "bench/results/repetition.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace yoke::bench {

/// loss names where core-seconds go, in the order in which they are shown.
enum class loss : unsigned char {
  useful,     ///< user CPU time that the serial loop needs as well
  inflation,  ///< user CPU time beyond that: cache misses, spinning, a slower clock; negative where workers are faster
  kernel,     ///< CPU time in the kernel, inside tasks
  dispatch,   ///< CPU time outside tasks: the queue, encoding, copying
  waiting,    ///< between chunks, without work
  blocked,    ///< inside tasks, neither running nor ready
  run_queue,  ///< inside tasks, ready but without a CPU
  tail,       ///< behind the last chunk of a worker, while others still work
  start_up,   ///< before the first chunk of a worker
  retries,    ///< work that was thrown away
};
inline constexpr std::size_t losses = 10;

/// name_of returns a loss as the report writes it: "run-queue wait".
std::string_view name_of(loss which);

/// waterfall is the core-seconds of one repetition, N T, split without a rest: the parts add up to the total.
struct waterfall {
  bool known = false;  ///< false where workers gave no account
  double total = unknown;
  std::array<double, losses> parts{};

  [[nodiscard]] double operator[](loss which) const { return parts[static_cast<std::size_t>(which)]; }
  /// largest returns what took most beyond the useful part.
  [[nodiscard]] loss largest() const;
};

/// split computes the waterfall of a repetition with so many workers, given the user CPU seconds of the serial loop for
/// as many items. What no account speaks of was waiting, or retries where workers died: what they left unfinished, and
/// the time until their replacements worked.
waterfall split(const repetition& of, int workers, double serial_user);

/// pop_efficiencies are the factors of efficiency, as the POP project defines them; each 1 at best.
struct pop_efficiencies {
  double load_balance = unknown;   ///< mean over maximum of the workers' time inside tasks
  double communication = unknown;  ///< that maximum over the time of all
  double parallel = unknown;       ///< load_balance x communication
  double computation = unknown;    ///< serial time over the workers' time inside tasks, summed
  double global = unknown;         ///< parallel x computation: the efficiency
};

/// pop computes them from a repetition with so many workers and the serial loop's time; nothing where workers were
/// replaced, since it is not known who replaced whom.
pop_efficiencies pop(const repetition& of, int workers, double serial_seconds);

}  // namespace yoke::bench
