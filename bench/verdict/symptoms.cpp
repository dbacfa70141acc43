#include "bench/verdict/symptoms.hpp"

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

double inflation(const workload_figures& workload, backend kind, const cell_figures& many, const repetition& run) {
  const cell_figures* one = workload.find(kind, 1);
  if (one == nullptr) one = workload.serial();
  return one == nullptr ? unknown : cpu_per_item(many, run) / cpu_per_item(*one, *one->typical);
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
  found.user = all.user / all.work;
  found.system = all.system / (all.user + all.system);
  const cell_figures* one = workload.find(found.kind, 1);
  if (one == nullptr) one = workload.serial();
  if (one != nullptr) {
    found.blocked_one = totals{*one->typical}.blocked();
    found.speedup = one->time.value / run.wall;
  }
  const backend other = found.kind == backend::threads ? backend::processes : backend::threads;
  if (const cell_figures* twin = workload.find(other, many.of->workers))
    found.other_inflation = inflation(workload, other, *twin, *twin->typical);
  return found;
}

}  // namespace yoke::bench
