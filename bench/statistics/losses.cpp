#include "bench/statistics/losses.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numeric>

namespace yoke::bench {
namespace {

double sum(const repetition& of, double worker_account::*member) {
  double total = 0;
  for (const worker_account& each : of.workers) total += each.*member;
  return total;
}

double or_zero(double value) { return std::isnan(value) ? 0 : value; }

}  // namespace

std::string_view name_of(loss which) {
  constexpr std::array<std::string_view, losses> names{"useful",           "CPU inflation",
                                                       "kernel",           "dispatch and copying",
                                                       "waiting for work", "blocked in the task",
                                                       "run-queue wait",   "imbalance tail",
                                                       "start-up",         "retries"};
  return names[static_cast<std::size_t>(which)];
}

loss waterfall::largest() const {
  const auto most = std::max_element(parts.begin() + 1, parts.end());
  return static_cast<loss>(most - parts.begin());
}

waterfall split(const repetition& of, int workers, double serial_user) {
  waterfall found;
  const double work = sum(of, &worker_account::work);
  const double user = sum(of, &worker_account::user);
  const double system = sum(of, &worker_account::system);
  if (of.workers.empty() || std::isnan(work + user + system + serial_user + of.wall)) return found;

  const auto part = [&](loss which) -> double& { return found.parts[static_cast<std::size_t>(which)]; };
  found.known = true;
  part(loss::useful) = serial_user;
  part(loss::kernel) = system;
  part(loss::run_queue) = or_zero(sum(of, &worker_account::run_queue));
  part(loss::retries) = or_zero(sum(of, &worker_account::retried));
  part(loss::inflation) = user - serial_user - part(loss::retries);
  part(loss::blocked) = work - user - system - part(loss::run_queue);
  part(loss::waiting) = or_zero(sum(of, &worker_account::wait));
  if (worker_numbers(of, workers) == workers) {  // before a replacement began, and behind a death, others had the seat
    part(loss::start_up) = or_zero(sum(of, &worker_account::idle));
    part(loss::tail) = or_zero(sum(of, &worker_account::stop));
  }
  if (part(loss::blocked) < 0) {  // clocks of different make: what was not wall time cannot have been waiting either
    part(loss::inflation) += part(loss::blocked);
    part(loss::blocked) = 0;
  }
  double dispatch = or_zero(sum(of, &worker_account::dispatch));
  for (const loss from : {loss::waiting, loss::start_up, loss::tail}) {
    const double taken = std::clamp(dispatch, 0.0, std::max(0.0, part(from)));
    part(from) -= taken;
    part(loss::dispatch) += taken;
    dispatch -= taken;
  }
  found.total = workers * of.wall;
  part(of.workers_lost > 0 ? loss::retries : loss::waiting) +=
      found.total - std::accumulate(found.parts.begin(), found.parts.end(), 0.0);
  return found;
}

pop_efficiencies pop(const repetition& of, int workers, double serial_seconds) {
  pop_efficiencies found;
  const double all = sum(of, &worker_account::work);
  if (of.workers.empty() || worker_numbers(of, workers) > workers || !(all > 0)) return found;
  const double most = std::ranges::max(of.workers, {}, &worker_account::work).work;
  found.load_balance = all / static_cast<double>(of.workers.size()) / most;
  found.communication = most / of.wall;
  found.parallel = found.load_balance * found.communication;
  found.computation = serial_seconds / all;
  found.global = found.parallel * found.computation;
  return found;
}

}  // namespace yoke::bench
