#include "support/measured/made_results.hpp"

#include <string>
#include <tuple>
#include <utility>

namespace yoke_test {
namespace {

using namespace yoke::bench;
using yoke::backend;

constexpr int all_workers[] = {1, 2, 3, 4, 6, 8};

/// growth is what each worker beyond the first adds.
struct growth {
  double inflation = 0;
  double system = 0;  ///< as a share of what one worker needs
  double blocked = 0;
  double wait = 0;
  double dispatch = 0;
  double imbalance = 0;
  double switches = 0;
};

/// scaled is what becomes of a behaviour on N workers: losses grow with the workers beyond the first.
behaviour scaled(behaviour one, const growth& per_worker, int workers) {
  const double more = workers - 1;
  one.inflation += per_worker.inflation * more;
  one.system *= 1 + per_worker.system * more;
  one.blocked += per_worker.blocked * more;
  one.wait += per_worker.wait * more;
  one.dispatch += per_worker.dispatch * more;
  one.imbalance += per_worker.imbalance * more;
  one.switches += per_worker.switches * more;
  return one;
}

void add(results_maker& maker, const behaviour& one, const growth& threads, const growth& processes) {
  maker.add(backend::serial, 1, one);
  for (const int workers : all_workers) {
    maker.add(backend::threads, workers, scaled(one, threads, workers));
    maker.add(backend::processes, workers, scaled(one, processes, workers));
  }
}

void describe(results_maker& maker, const std::string& title, const std::string& about, const std::string& item) {
  workload_record& last = maker.made().workloads.back();
  last.title = title;
  last.about = about;
  last.item = item;
}

void add_weak(results_maker& maker, const behaviour& one, double loss) {
  for (const backend kind : {backend::threads, backend::processes}) {
    for (const int workers : {2, 4, 8}) {
      behaviour grown = one;
      grown.useful *= workers;
      grown.wait = loss * workers * workers;
      cell& made = maker.add(kind, workers, grown);
      made.shows = scaling::weak;
      made.items *= static_cast<std::uint64_t>(workers);
    }
  }
}

void add_counts(results_maker& maker) {
  for (const auto& [kind, cost] : {std::pair{backend::threads, 0.9}, std::pair{backend::processes, 1.7}}) {
    for (const int factor : {4, 16}) {
      cell& made = maker.add(kind, 8, {.useful = 0.01, .wait = 0.1 * cost * factor, .dispatch = 0.05 * factor});
      made.shows = scaling::count;
      made.items *= static_cast<std::uint64_t>(factor);
    }
  }
}

}  // namespace

results wide_results() {
  results_maker maker{42, 0.008};
  results& made = maker.made();
  made.environment.logical_cpus = made.environment.physical_cores = made.environment.usable_cpus = 8;
  made.environment.allowed_cpus = {0, 1, 2, 3, 4, 5, 6, 7};
  made.ceiling.clear();
  for (const int workers : all_workers) {
    made.ceiling.push_back({workers, {}});
    for (int i = 0; i < 10; ++i)
      made.ceiling.back().seconds.push_back(0.1 / workers * (1 + 0.012 * (workers - 1) + 0.002 * (i % 4)));
  }

  constexpr growth even{.inflation = 0.008, .wait = 0.004, .dispatch = 0.002};
  maker.workload("mandelbrot", 2000);
  describe(maker, "Mandelbrot rows", "Rows of an image; the middle ones take ten times as long.",
           "a row of 1,000 points");
  add(maker, {}, {.inflation = 0.008, .wait = 0.003, .imbalance = 0.006},
      {.inflation = 0.008, .wait = 0.004, .imbalance = 0.007});
  add_weak(maker, {}, 0.004);

  maker.workload("queens", 800);
  describe(maker, "N queens", "Solutions by the first two rows; integer work in registers.", "a prefix of two queens");
  add(maker, {.useful = 0.8}, even, even);
  add_weak(maker, {.useful = 0.8}, 0.002);

  maker.workload("sum", 64);
  describe(maker, "Sum of doubles", "Adds up 512 MB: bound by the memory's bandwidth.", "8 MB of doubles");
  add(maker, {.useful = 0.4}, {.inflation = 0.28}, {.inflation = 0.3, .wait = 0.004});

  maker.workload("empty", 100000);
  describe(maker, "Empty tasks", "Nothing to do: what is measured is handing it out.", "nothing");
  add(maker, {.useful = 0.004, .dispatch = 0.0004}, {.wait = 0.06, .dispatch = 0.02}, {.wait = 0.12, .dispatch = 0.05});
  add_counts(maker);

  for (const auto& [length, threads, processes] : {std::tuple{1, 0.09, 0.22}, std::tuple{10, 0.012, 0.03},
                                                   std::tuple{100, 0.003, 0.006}, std::tuple{1000, 0.001, 0.002}}) {
    maker.workload("spin_" + std::to_string(length) + "us", 20000, length * 1e-6);
    describe(maker, "Spin " + std::to_string(length) + " us", "Computes for so long: the break-even curve.", "a spin");
    add(maker, {.useful = 0.4}, {.wait = threads, .dispatch = threads / 4},
        {.wait = processes, .dispatch = processes / 4});
  }

  maker.workload("faults", 1000);
  describe(maker, "mmap and page faults", "Maps, touches and unmaps memory: the kernel's work.",
           "4 MB mapped and touched");
  add(maker, {.useful = 0.1, .system = 0.6}, {.system = 0.7, .switches = 600}, {.system = 0.04});

  maker.workload("sleep", 500);
  describe(maker, "Sleep 1 ms", "Waits, as for a disk or a network.", "a sleep of 1 ms");
  add(maker, {.useful = 0.002, .blocked = 0.55, .switches = 500}, {.blocked = 0.002},
      {.blocked = 0.003, .wait = 0.002});

  maker.workload("crash", 500);
  describe(maker, "Crash-prone work", "One item in a hundred crashes: processes lose that item only.",
           "a spin of 1 ms");
  maker.add(backend::serial, 1, {.useful = 0.5});
  maker.add(backend::threads, 8, {.useful = 0.5}, 0).error = "the program was ended by SIGSEGV";
  for (const int workers : {1, 2, 8}) {
    cell& some = maker.add(backend::processes, workers, {.useful = 0.5, .wait = 0.02 * workers});
    for (repetition& each : some.repetitions) {
      each.items_failed = each.workers_lost = 5;
      for (worker_account& account : each.workers) account.retried = 0.002;
    }
  }
  made.warnings = {"The governor is powersave: times vary; set it to performance."};
  return made;
}

}  // namespace yoke_test
