// Does the classifier find what each calibrated workload is bound by? Each round is a run of its own.
#include "bench/runner/bench_run.hpp"
#include "bench/runner/forked_runner.hpp"
#include "bench/support/program.hpp"
#include "bench/verdict/verdict.hpp"
#include "bench/workloads/workload_list.hpp"

#include <map>
#include <string>

#include <fmt/format.h>
#include <sys/prctl.h>

namespace {

using namespace yoke::bench;

constexpr int repetitions = 6;
constexpr int workers = 2;

/// What a run says of one workload on one backend.
std::string bound_of(const analysis& of, yoke::backend backend) {
  const workload_figures& figures = of.workloads().front();
  const cell_figures* const cell = figures.find(backend, workers);
  return cell == nullptr || !cell->usable() ? "no figures" : std::string{to_string(judge(of, figures, *cell).is)};
}

struct tally {
  int right = 0;
  int disturbed = 0;
  std::string others;

  void add(const std::string& found, const std::string& wanted) {
    if (found == wanted) {
      ++right;
    } else if (found == "disturbed") {
      ++disturbed;
    } else {
      others += ' ' + found + ';';
    }
  }
};

void calibrate(const workload& load, int rounds) {
  const std::atomic<bool> never{false};
  forked_runner runner{never};
  run_request request;
  request.what = {.loads = {&load},
                  .backends = {yoke::backend::processes, yoke::backend::threads},
                  .workers = {1, workers},
                  .weak = false};
  request.repetitions = repetitions;
  std::map<yoke::backend, tally> tallies;
  for (int round = 0; round < rounds; ++round) {
    request.seed = static_cast<std::uint64_t>(round) + 1;
    const results measured = run_all(request, runner, {.interrupted = never, .now = steady_seconds});
    const analysis figures{measured};
    for (const yoke::backend backend : request.what.backends)
      tallies[backend].add(bound_of(figures, backend), load.bound_by);
  }
  for (const auto& [backend, counts] : tallies) {
    fmt::print("{:<14}{:<9}{} of {} {}, {} disturbed{}{}\n", load.name, to_string(backend), counts.right, rounds,
               load.bound_by, counts.disturbed, counts.others.empty() ? "" : ", else", counts.others);
  }
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  return run_benchmark(argc, argv, 1, [](int rounds) {
    for (const workload& load : workloads()) {
      if (!load.bound_by.empty()) calibrate(load, rounds);
    }
  });
}
