#include "bench/runner/bench_run.hpp"

#include "bench/runner/ceiling.hpp"
#include "bench/runner/environment_record.hpp"
#include "bench/runner/machine_watch.hpp"
#include "bench/runner/run_warnings.hpp"

#include <algorithm>
#include <ctime>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr double share_of_ceiling = 0.25;  // of the budget: the cells are what was asked for
constexpr double share_of_look = 0.1;

std::chrono::milliseconds patience_for(problem_size size) {
  using namespace std::chrono_literals;
  return by_size<std::chrono::milliseconds>(size, 30s, 60s, 600s);
}

std::string time_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// bench_run is one run under way.
class bench_run {
 public:
  bench_run(const run_request& request, cell_runner& runner, const run_surroundings& around)
      : request_{request}, runner_{runner}, around_{around}, begun_{around.now()}, plans_{cells_of(request.what)} {
    for (const cell_plan& plan : plans_) {
      cell& each = results_.cells.emplace_back();
      each.workload = plan.load->name;
      each.backend = plan.backend;
      each.workers = plan.workers;
      each.shows = plan.shows;
      each.items = plan.much.items;
      each.chunk = plan.load->chunk;
    }
    costs_.resize(plans_.size(), 0);
  }

  results run() {
    results_.plan = {.command = request_.command,
                     .begun = time_text(),
                     .seed = request_.seed,
                     .repetitions = static_cast<std::uint64_t>(request_.repetitions),
                     .warm_ups = 1};
    if (request_.budget) results_.plan.budget = std::chrono::duration<double>(*request_.budget).count();
    results_.environment = environment_record();
    const auto look = std::chrono::duration_cast<std::chrono::milliseconds>(std::min<std::chrono::duration<double>>(
        around_.look, std::chrono::duration<double>(share_of_look * left_after(0))));
    results_.before = state_of_machine(results_.environment.allowed_cpus, look);
    tell(nullptr);
    results_.ceiling =
        measure_ceiling(request_.what.workers, std::min(request_.repetitions, around_.ceiling_rounds),
                        [this] { return goes_on() && left_after((1 - share_of_ceiling) * results_.plan.budget) > 0; });
    find_references();
    for (std::uint64_t block = 0; block < results_.plan.repetitions && goes_on(); ++block) run_block(block);
    results_.plan.finished = !spent_ && !around_.interrupted.load();
    results_.after = state_of_machine(results_.environment.allowed_cpus, look);
    results_.plan.seconds = around_.now() - begun_;
    for (auto& [place, note] : notes_) results_.warnings.push_back(std::move(note));
    results_.warnings = run_warnings(results_);
    return std::move(results_);
  }

 private:
  using reference_key = std::pair<const workload*, std::uint64_t>;

  /// Seconds of the budget that are left after so many more.
  [[nodiscard]] double left_after(double seconds) const {
    if (!request_.budget) return std::numeric_limits<double>::infinity();
    return results_.plan.budget - (around_.now() - begun_) - seconds;
  }

  bool goes_on() {
    if (left_after(0) <= 0) spent_ = true;
    return !spent_ && !around_.interrupted.load();
  }

  /// Nothing when it was ended for the sake of the run, by an interrupt or by the budget.
  std::optional<outcome> run_within_budget(const cell_plan& plan, int warm_ups, bool keeps_spans) {
    const std::chrono::milliseconds patience = patience_for(request_.what.size);
    const double seconds = std::min(left_after(0), std::chrono::duration<double>(patience).count());
    const auto granted = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
    outcome made = runner_.run(plan, {.warm_ups = warm_ups, .patience = granted, .keeps_spans = keeps_spans});
    if (made.interrupted) return std::nullopt;
    if (!made.hung || granted >= patience) return made;
    spent_ = true;
    return std::nullopt;
  }

  void tell(const cell_plan* next) {
    const std::size_t all = plans_.size() * results_.plan.repetitions;
    const double block = std::accumulate(costs_.begin(), costs_.end(), 0.0);
    const double left = static_cast<double>(all - done_) / static_cast<double>(std::max<std::size_t>(1, plans_.size()));
    around_.tell({.done = done_, .all = all, .seconds_left = done_ < plans_.size() ? 0 : block * left, .next = next});
  }

  /// The serial result for each amount, which all others have to equal.
  void find_references() {
    for (const workload* const load : request_.what.loads) {
      workload_record record;
      record.name = record.title = load->name;
      record.about = load->summary;
      record.kind = load->family;
      record.size = to_string(request_.what.size);
      record.items = load->items(request_.what.size);
      record.expected = load->bound_by;
      record.item_seconds = load->item_seconds;
      for (const cell_plan& plan : plans_) {
        if (plan.load != load || !goes_on() || references_.contains({load, plan.much.items})) continue;
        const cell_plan serial{.load = load, .much = plan.much};
        tell(&serial);
        if (const auto made = run_within_budget(serial, 0, false)) references_[{load, plan.much.items}] = made->figures;
      }
      const auto found = references_.find({load, record.items});
      if (found != references_.end()) record.hash = found->second.hash;
      results_.workloads.push_back(std::move(record));
    }
  }

  void run_block(std::uint64_t block) {
    for (const std::size_t index : shuffled(plans_.size(), request_.seed, block)) {
      if (!goes_on()) return;
      if (!results_.cells[index].error.empty()) {
        ++done_;
        continue;
      }
      if (left_after(costs_[index]) < 0) {
        spent_ = true;
        return;
      }
      tell(&plans_[index]);
      run_cell(index, block);
      ++done_;
    }
  }

  void run_cell(std::size_t index, std::uint64_t block) {
    cell& into = results_.cells[index];
    const double begun = around_.now();
    const machine_watch watch{results_.environment.allowed_cpus};
    std::optional<outcome> made = run_within_budget(plans_[index], 1, into.repetitions.empty());
    if (!made) return;
    repetition& figures = made->figures;
    figures.disturbed = watch.so_far();
    costs_[index] = around_.now() - begun;
    figures.number = into.repetitions.size();
    figures.order = order_++;
    figures.block = block;
    figures.begun = begun - begun_;
    check_hash(plans_[index], figures);
    into.error = figures.error;
    if (!made->note.empty() && into.repetitions.empty())
      notes_[index] = fmt::format("{}: {}", cell_name(into), made->note);
    into.repetitions.push_back(std::move(figures));
  }

  void check_hash(const cell_plan& plan, repetition& figures) const {
    if (!figures.error.empty()) return;
    const repetition& wanted = references_.at({plan.load, plan.much.items});
    if (!wanted.error.empty()) {
      figures.error = "nothing to compare with: the serial reference " + wanted.error;
    } else if (figures.hash != wanted.hash && plan.backend == yoke::backend::serial) {
      figures.error =
          fmt::format("two serial runs differ: does it depend on time, chance or addresses? hashes {} and {}",
                      wanted.hash, figures.hash);
    } else if (figures.hash != wanted.hash) {
      figures.error = fmt::format("wrong result: hash {} where the serial reference has {}", figures.hash, wanted.hash);
    }
  }

  const run_request& request_;
  cell_runner& runner_;
  const run_surroundings& around_;
  double begun_;
  std::vector<cell_plan> plans_;
  std::vector<double> costs_;  // seconds that the latest repetition of each cell has taken, all told
  std::map<reference_key, repetition> references_;
  std::map<std::size_t, std::string> notes_;  // of cells, by their place in the plan
  results results_;
  std::size_t done_ = 0;
  std::uint64_t order_ = 0;
  bool spent_ = false;
};

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

results run_all(const run_request& request, cell_runner& runner, const run_surroundings& around) {
  return bench_run{request, runner, around}.run();
}

}  // namespace yoke::bench
