#include "engine/blame.hpp"

#include <csignal>

namespace yoke::detail {

bool is_external(int signal) { return signal == SIGKILL || signal == SIGTERM; }

bool is_crash(int signal, end_cause cause) { return cause != end_cause::own || !is_external(signal); }

ruling rule_on(death_count& deaths, int signal, end_cause cause, const job_rules& rules) {
  if (!is_crash(signal, cause)) {
    ++deaths.external;
    if (!rules.reruns_externals || deaths.external >= external_deaths_most) return ruling::fail;
    return deaths.external >= external_deaths_alone ? ruling::again_alone : ruling::again;
  }
  ++deaths.crashes;
  if (deaths.crashes >= rules.attempts) return ruling::fail;
  return deaths.crashes + 1 == rules.attempts ? ruling::again_alone : ruling::again;
}

}  // namespace yoke::detail
