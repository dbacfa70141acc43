// Does the classifier find what each calibrated workload is bound by? Each round is a run of its own. A round that
// other programs disturbed is made again, as long as there are not more of them than wanted ones.
//
//     bench_calibration [ROUNDS [WORKLOAD...]]
//     bench_calibration --check [WORKLOAD...]     as a test: each has to get its label, unless the machine is too busy
#include "bench/runner/bench_run.hpp"
#include "bench/runner/forked_runner.hpp"
#include "bench/support/program.hpp"
#include "bench/verdict/verdict.hpp"
#include "bench/workloads/workload_list.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/prctl.h>

namespace {

using namespace yoke::bench;

constexpr int repetitions = 6;
constexpr int workers = 2;

/// What a run says of one workload on one backend.
verdict verdict_of(const analysis& of, yoke::backend backend) {
  const workload_figures& figures = of.workloads().front();
  const cell_figures* const cell = figures.find(backend, workers);
  if (cell != nullptr && cell->usable()) return judge(of, figures, *cell);
  return {.is = bound::unclear, .confidence = 0, .evidence = "no figures", .advice = {}, .second = {}};
}

struct tally {
  int right = 0;
  int disturbed = 0;
  std::string others;  ///< what else was said, and why: a line each

  void add(const verdict& found, std::string_view wanted) {
    if (to_string(found.is) == wanted) {
      ++right;
    } else if (found.is == bound::disturbed) {
      ++disturbed;
    } else {
      others += fmt::format("\n  else {}: {}; by repetition {}", to_string(found.is), found.evidence, found.second);
    }
  }
};

/// calibration runs one workload on both backends, and counts what it is said to be bound by.
class calibration {
 public:
  explicit calibration(const workload& load) : load_{load} {
    request_.what = {.loads = {&load},
                     .backends = {yoke::backend::processes, yoke::backend::threads},
                     .workers = {1, workers},
                     .weak = false};
    request_.repetitions = repetitions;
  }

  void run() {
    request_.seed = ++rounds_;
    const results measured = run_all(request_, runner_, {.interrupted = never_, .now = steady_seconds});
    const analysis figures{measured};
    for (const yoke::backend backend : request_.what.backends)
      tallies_[backend].add(verdict_of(figures, backend), load_.bound_by);
  }

  void print() const {
    for (const auto& [backend, counts] : tallies_) {
      fmt::print("{:<14}{:<9}{} of {} {}, {} more disturbed{}\n", load_.name, to_string(backend), counts.right,
                 rounds_ - counts.disturbed, load_.bound_by, counts.disturbed, counts.others);
    }
    std::fflush(stdout);
  }

  /// undisturbed returns how many rounds there were, on each backend, that no other program disturbed.
  [[nodiscard]] int undisturbed() const {
    int most = 0;
    for (const auto& [backend, counts] : tallies_) most = std::max(most, counts.disturbed);
    return rounds_ - most;
  }
  [[nodiscard]] int rounds() const { return rounds_; }

  /// found is true once each backend has been judged right.
  [[nodiscard]] bool found() const {
    return rounds_ > 0 && std::ranges::all_of(tallies_, [](const auto& each) { return each.second.right > 0; });
  }
  /// missed is true where one never was, in several rounds that others did not disturb.
  [[nodiscard]] bool missed() const {
    constexpr int several = 3;
    return std::ranges::any_of(tallies_, [&](const auto& each) {
      return each.second.right == 0 && rounds_ - each.second.disturbed >= several;
    });
  }

 private:
  const workload& load_;
  const std::atomic<bool> never_{false};
  forked_runner runner_{never_};
  run_request request_;
  int rounds_ = 0;
  std::map<yoke::backend, tally> tallies_;
};

/// check tells whether a workload gets its label, within some rounds: other programs may use the machine, too.
bool check(const workload& load) {
  constexpr int most_rounds = 6;
  calibration one{load};
  for (int round = 0; round < most_rounds && !one.found(); ++round) one.run();
  one.print();
  return !one.missed();
}

std::vector<const workload*> calibrated(std::span<char*> names) {
  for (const char* name : names) {
    if (find_workload(name) == nullptr) throw std::invalid_argument{fmt::format("there is no workload '{}'", name)};
  }
  std::vector<const workload*> all;
  for (const workload& load : workloads()) {
    const bool asked = names.empty() || std::ranges::find(names, std::string_view{load.name}) != names.end();
    if (asked && !load.bound_by.empty()) all.push_back(&load);
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const std::span names{argv + std::min(argc, 2), argv + argc};
  if (argc > 1 && std::string_view{argv[1]} == "--check") {
    const auto all = calibrated(names);
    return std::ranges::count_if(all, [](const workload* each) { return !check(*each); }) == 0 ? 0 : 1;
  }
  return run_benchmark(std::min(argc, 2), argv, 1, [&](int rounds) {
    for (const workload* each : calibrated(names)) {
      calibration one{*each};
      while (one.undisturbed() < rounds && one.rounds() < 2 * rounds) one.run();
      one.print();
    }
  });
}
