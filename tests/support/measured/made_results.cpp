#include "support/measured/made_results.hpp"

#include <algorithm>

namespace yoke_test {

using namespace yoke::bench;

results_maker::results_maker(std::uint64_t seed, double noise) : random_{seed}, noise_{noise} {
  made_.plan = {.command = "yoke bench --seed 7",
                .begun = "2026-11-25T02:00:00Z",
                .seconds = 12.5,
                .seed = 7,
                .repetitions = 10,
                .warm_ups = 1,
                .budget = 60};
  environment& machine = made_.environment;
  machine.cpu_model = "Example CPU at 2.0 GHz";
  machine.architecture = "x86_64";
  machine.logical_cpus = machine.physical_cores = machine.usable_cpus = 2;
  machine.threads_per_core = machine.numa_nodes = 1;
  machine.allowed_cpus = {0, 1};
  machine.caches = {{1, "data", 32 << 10, 1}, {3, "unified", 32 << 20, 2}};
  machine.memory_bytes = 8e9;
  machine.hypervisor = "KVM";
  machine.kernel = "Linux 6.1.0";
  machine.libc = "glibc 2.36";
  machine.compiler = "g++ 12.2.0";
  machine.compiler_flags = "-O3";
  machine.build_type = "Release";
  machine.yoke_version = YOKE_VERSION;
  made_.before = made_.after = {.load = 0.1,
                                .steal = 0,
                                .foreign = 0.004,
                                .cpu_pressure = 0.01,
                                .memory_pressure = 0,
                                .io_pressure = 0,
                                .throttled = 0};
  for (const int workers : {1, 2}) {
    made_.ceiling.push_back({workers, {}});
    for (int i = 0; i < 10; ++i) made_.ceiling.back().seconds.push_back(noisy(0.1 * (workers == 1 ? 1 : 0.51)));
  }
}

results_maker& results_maker::workload(const std::string& name, std::uint64_t items, double item_seconds) {
  made_.workloads.push_back({.name = name,
                             .title = name,
                             .about = "Made for a test.",
                             .kind = "cpu",
                             .size = "small",
                             .items = items,
                             .item = "a number",
                             .item_seconds = item_seconds,
                             .hash = "0123456789abcdef",
                             .expected = {}});
  return *this;
}

cell& results_maker::new_cell(yoke::backend backend, int workers) {
  made_.cells.push_back({.workload = made_.workloads.back().name,
                         .backend = backend,
                         .workers = workers,
                         .shows = scaling::strong,
                         .items = made_.workloads.back().items,
                         .chunk = 0,
                         .error = {},
                         .repetitions = {}});
  return made_.cells.back();
}

cell& results_maker::add(yoke::backend backend, int workers, const behaviour& how, int repetitions) {
  cell& made = new_cell(backend, workers);
  for (int i = 0; i < repetitions; ++i) made.repetitions.push_back(run(i, workers, how));
  for (repetition& each : made.repetitions) {
    for (worker_account& account : each.workers) {
      account.items = made.items / static_cast<std::uint64_t>(workers);
      account.pid = backend == yoke::backend::processes ? 1000 + account.worker : 0;
    }
  }
  return made;
}

cell& results_maker::timed(yoke::backend backend, int workers, double seconds, int repetitions) {
  cell& made = new_cell(backend, workers);
  for (int i = 0; i < repetitions; ++i) {
    repetition each;
    each.number = static_cast<std::uint64_t>(i);
    each.wall = noisy(seconds);
    made.repetitions.push_back(each);
  }
  return made;
}

double results_maker::noisy(double value) {
  return value * std::max(0.5, 1 + noise_ * std::normal_distribution<double>{}(random_));
}

repetition results_maker::run(int number, int workers, const behaviour& how) {
  const double n = workers;
  repetition made;
  made.number = made.block = static_cast<std::uint64_t>(number);
  made.order = static_cast<std::uint64_t>(number) * 10 + made_.cells.size();
  made.begun = static_cast<double>(made.order) * 1.5;
  made.start = noisy(0.002);
  made.stop = noisy(0.001);
  made.hash = "0123456789abcdef";
  made.disturbed = {how.steal, how.foreign};
  made.chunk = {0.010, 0.012, 0.015, 0.016};
  made.chunks = 20 * static_cast<std::uint64_t>(workers);
  made.bytes_in = 8000;
  made.bytes_out = 16000;
  made.pss = 12e6 * n;
  made.peak_memory = 20e6 * n;
  const double factor = noisy(1);
  const double work = how.useful * how.inflation + how.system + how.blocked + how.run_queue;
  for (int k = 0; k < workers; ++k) {
    const double share = factor / n * (k == 0 ? 1 + how.imbalance : 1 - how.imbalance / std::max(1.0, n - 1));
    worker_account account;
    account.worker = k;
    account.start = made.start;
    account.idle = how.idle / n * factor;
    account.wait = how.wait / n * factor;
    account.work = work * share;
    account.user = how.useful * how.inflation * share;
    account.system = how.system * share;
    account.run_queue = how.run_queue * share;
    account.dispatch = how.dispatch / n * factor;
    account.retried = 0;
    account.chunks = 20;
    account.voluntary_switches = static_cast<std::uint64_t>(how.switches / n);
    account.peak_memory = 20e6;
    account.pss = 12e6;
    made.workers.push_back(account);
  }
  made.wall = made.workers[0].idle + made.workers[0].wait + made.workers[0].work;
  made.user = made.system = made.coordinator = 0;
  for (worker_account& each : made.workers) {
    each.stop = made.wall - each.idle - each.wait - each.work;
    made.user += each.user + each.dispatch;
    made.system += each.system;
    for (int chunk = 0; number == 0 && chunk < 20; ++chunk) {
      const double length = each.work / 20;
      const double begin = each.idle + chunk * (length + each.wait / 20);
      made.spans.push_back({each.worker, static_cast<std::uint64_t>(chunk * 10), 10, begin, begin + length});
    }
  }
  return made;
}

results small_results() {
  using yoke::backend;
  results_maker maker;
  maker.workload("primes").add(backend::serial, 1, {});
  for (const backend kind : {backend::threads, backend::processes}) {
    maker.add(kind, 1, {.wait = 0.01, .dispatch = 0.005});
    maker.add(kind, 2, {.inflation = 1.03, .system = 0.01, .wait = 0.02, .dispatch = 0.01, .imbalance = 0.02});
    cell& weak = maker.add(kind, 2, {.useful = 2, .inflation = 1.03, .wait = 0.03});
    weak.shows = scaling::weak;
    weak.items *= 2;
  }
  maker.workload("faults").add(backend::serial, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::threads, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::threads, 2, {.useful = 0.2, .inflation = 1.1, .system = 1.5, .switches = 10});
  maker.add(backend::processes, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::processes, 2, {.useful = 0.2, .inflation = 1.1, .system = 0.9, .run_queue = 0.01});
  maker.made().warnings = {"The governor is powersave: times vary; set it to performance."};
  return maker.made();
}

}  // namespace yoke_test
