#pragma once

#include "engine/job.hpp"
#include "engine/ledger.hpp"

#include <cstdint>

namespace yoke::detail {

/// ruling is what happens to the one item that was running when its worker died.
enum class ruling : std::uint8_t {
  again,        ///< it runs again like any other
  again_alone,  ///< it runs again in a worker that holds nothing else
  fail,         ///< it has had its chances
};

/// external_deaths_alone is the external death from which on an item runs alone.
inline constexpr std::uint32_t external_deaths_alone = 3;
/// external_deaths_most is the external death that fails an item, however patient the job is.
inline constexpr std::uint32_t external_deaths_most = 64;

/// is_external tells whether this signal comes from outside a task rather than from a fault of its own.
[[nodiscard]] bool is_external(int signal);

/// is_crash tells whether the item is to blame for the end of its worker. One that was ended on purpose (`cause`) is
/// its item's fault, by whatever signal.
[[nodiscard]] bool is_crash(int signal, end_cause cause);

/// rule_on counts one more death in `deaths` and decides. `signal` is 0 where the worker exited.
[[nodiscard]] ruling rule_on(death_count& deaths, int signal, end_cause cause, const job_rules& rules);

}  // namespace yoke::detail
