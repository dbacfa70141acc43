#include "bench/verdict/symptoms.hpp"

#include <algorithm>
#include <cmath>

namespace yoke::bench {
namespace {

struct totals {
  double work = 0;
  double user = 0;
  double system = 0;
  double run_queue = 0;
  double switches = 0;
  double dispatch = 0;
  double waiting = 0;

  explicit totals(const repetition& of) {
    if (of.workers.empty()) work = user = system = unknown;
    for (const worker_account& each : of.workers) {
      work += each.work;
      user += each.user;
      system += each.system;
      run_queue += std::isnan(each.run_queue) ? 0 : each.run_queue;
      switches += static_cast<double>(each.voluntary_switches);
      dispatch += each.dispatch;
      waiting += each.idle + each.wait;
    }
  }

  [[nodiscard]] double blocked() const { return std::max(0.0, work - user - system - run_queue) / work; }
};

double cpu_per_item(const cell_figures& of, const repetition& run) {
  const totals all{run};
  return (all.user + all.system) / static_cast<double>(of.of->items);
}

/// kernel_share is how much of the CPU time inside tasks the kernel takes, over all repetitions: the kernel splits it
/// by what it finds at a clock tick, and one repetition may see only a few.
double kernel_share(const cell_figures& of) {
  double user = 0;
  double system = 0;
  for (const repetition& each : of.of->repetitions) {
    if (!each.error.empty()) continue;
    const totals all{each};
    user += all.user;
    system += all.system;
  }
  return system / (user + system);
}

/// of_the_same_block returns the repetition of `cell` that was made at about the same time as `run`, else the typical
/// one: the machine's speed drifts.
const repetition& of_the_same_block(const cell_figures& cell, const repetition& run) {
  const auto& all = cell.of->repetitions;
  const auto found =
      std::ranges::find_if(all, [&](const repetition& each) { return each.block == run.block && each.error.empty(); });
  return found == all.end() ? *cell.typical : *found;
}

/// base_of is the cell that those of a backend with more workers are compared with; null where there is none.
const cell_figures* base_of(const workload_figures& workload, backend kind) {
  const cell_figures* const one = workload.find(kind, 1);
  return one != nullptr ? one : workload.serial();
}

double inflation(const workload_figures& workload, backend kind, const cell_figures& many, const repetition& run) {
  const cell_figures* const one = base_of(workload, kind);
  return one == nullptr ? unknown : cpu_per_item(many, run) / cpu_per_item(*one, of_the_same_block(*one, run));
}

}  // namespace

symptoms symptoms_of(const analysis& of, const workload_figures& workload, const cell_figures& many,
                     const repetition& run) {
  const auto items = static_cast<double>(many.of->items);
  const totals all{run};
  symptoms found;
  found.kind = many.of->backend;
  found.workers = many.of->workers;
  found.cpus = of.cpus();
  found.steal = run.disturbed.steal;
  found.foreign = run.disturbed.foreign;
  if (const cell_figures* serial = workload.serial())
    found.task = serial->time.value / static_cast<double>(serial->of->items);
  found.dispatch = (all.dispatch + (std::isnan(run.coordinator) ? 0 : run.coordinator)) / items;
  found.bytes = (run.bytes_in + run.bytes_out) / items;
  const bool replaced = worker_numbers(run, many.of->workers) > many.of->workers;
  found.waiting = replaced ? unknown : all.waiting / (found.workers * run.wall);
  found.load_balance = pop(run, many.of->workers, unknown).load_balance;
  found.blocked = all.blocked();
  found.switches = all.switches / items;
  found.inflation = inflation(workload, found.kind, many, run);
  found.system = kernel_share(many);
  found.user = (all.user + all.system) / all.work * (1 - found.system);
  if (const cell_figures* const one = base_of(workload, found.kind)) {
    found.blocked_one = totals{*one->typical}.blocked();
    found.speedup = one->time.value / run.wall;
  }
  const backend other = found.kind == backend::threads ? backend::processes : backend::threads;
  if (const cell_figures* twin = workload.find(other, many.of->workers)) {
    found.other_inflation = inflation(workload, other, *twin, *twin->typical);
    if (const cell_figures* const one = base_of(workload, other))
      found.other_speedup = one->time.value / twin->time.value;
  }
  return found;
}

}  // namespace yoke::bench
