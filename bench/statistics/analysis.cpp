#include "bench/statistics/analysis.hpp"

#include "bench/statistics/sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

namespace yoke::bench {
namespace {

int rank(backend kind) { return kind == backend::serial ? 0 : kind == backend::threads ? 1 : 2; }

auto place_of(const cell_figures& figures) {
  const cell& of = *figures.of;
  return std::tuple{rank(of.backend), of.workers, of.items, of.chunk};
}

/// share is the mean of one over repetitions, weighed by their time.
class share {
 public:
  void add(const cell& of, double disturbance::*which) {
    for (const repetition& each : of.repetitions) {
      if (!(each.wall > 0) || std::isnan(each.disturbed.*which)) continue;
      sum_ += each.disturbed.*which * each.wall;
      time_ += each.wall;
    }
  }
  [[nodiscard]] double seconds() const { return time_; }
  [[nodiscard]] double mean() const { return time_ > 0 ? std::max(0.0, sum_ / time_) : unknown; }

 private:
  double sum_ = 0;
  double time_ = 0;
};

/// find_disturbance says what others used during each cell. Clocks tick too slowly for cells that were measured in less
/// than a second: what they get is the mean of all cells of the workload, which took turns with them.
void find_disturbance(workload_figures& workload) {
  const std::array lists{&workload.strong, &workload.weak, &workload.counts};
  share of_all;
  for (const auto* list : lists)
    for (const cell_figures& each : *list) of_all.add(*each.of, &disturbance::foreign);
  for (auto* list : lists) {
    for (cell_figures& each : *list) {
      share steal;
      share foreign;
      steal.add(*each.of, &disturbance::steal);
      foreign.add(*each.of, &disturbance::foreign);
      each.steal = steal.mean();
      each.foreign = foreign.seconds() < 1 ? of_all.mean() : foreign.mean();
    }
  }
}

cell_figures figures_of(const cell& of) {
  cell_figures found;
  found.of = &of;
  std::vector<const repetition*> good;
  for (const repetition& each : of.repetitions) {
    if (!each.error.empty()) continue;
    good.push_back(&each);
    found.times.push_back(each.wall);
  }
  if (good.empty()) return found;
  found.outlying = outliers(found.times);
  found.time = median_of(found.times);
  found.deviation = median_deviation(found.times);
  found.typical = *std::ranges::min_element(
      good, {}, [&](const repetition* each) { return std::abs(each->wall - found.time.value); });
  return found;
}

interval divided(const interval& by, double divisor) {
  return {by.value / divisor, by.low / divisor, by.high / divisor};
}

double user_of(const cell_figures& serial) {
  const repetition& run = *serial.typical;
  return run.workers.empty() ? run.user : run.workers.front().user;
}

}  // namespace

std::string cell_figures::error() const {
  if (!of->error.empty()) return of->error;
  const auto failed = std::ranges::find_if(of->repetitions, [](const repetition& each) { return !each.error.empty(); });
  return failed == of->repetitions.end() ? std::string{} : failed->error;
}

const cell_figures* workload_figures::find(backend kind, int workers) const {
  const auto found = std::ranges::find_if(strong, [&](const cell_figures& each) {
    return each.of->backend == kind && each.of->workers == workers && each.usable();
  });
  return found == strong.end() ? nullptr : &*found;
}

const cell_figures* workload_figures::widest(backend kind, double limit) const {
  const cell_figures* found = nullptr;
  for (const cell_figures& each : strong) {
    if (each.of->backend != kind || !each.usable() || each.of->workers < 2 || each.of->workers > limit) continue;
    if (found == nullptr || each.of->workers > found->of->workers) found = &each;
  }
  return found;
}

analysis::analysis(const results& of) : source_{of} {
  const auto one = std::ranges::find(of.ceiling, 1, &ceiling_point::workers);
  for (const ceiling_point& each : of.ceiling) {
    if (one == of.ceiling.end() || each.seconds.empty() || one->seconds.empty()) continue;
    ceiling_.push_back({each.workers, ratio_of_medians(one->seconds, each.seconds)});
  }
  std::ranges::sort(ceiling_, {}, &ceiling_figures::workers);

  for (const workload_record& about : of.workloads) {
    workload_figures figures;
    figures.about = &about;
    for (const cell& each : of.cells) {
      if (each.workload != about.name) continue;
      (each.shows == scaling::strong ? figures.strong
       : each.shows == scaling::weak ? figures.weak
                                     : figures.counts)
          .push_back(figures_of(each));
    }
    for (auto* cells : {&figures.strong, &figures.weak, &figures.counts}) std::ranges::sort(*cells, {}, place_of);
    find_disturbance(figures);
    relate(figures);
    workloads_.push_back(std::move(figures));
  }
  find_dispatch();
  find_grains();
}

void analysis::relate(workload_figures& figures) const {
  const cell_figures* serial = figures.serial();
  for (cell_figures& each : figures.strong) {
    if (!each.usable()) continue;
    const int workers = each.of->workers;
    if (const cell_figures* one = figures.find(each.of->backend, 1))
      each.relative = ratio_of_medians(one->times, each.times);
    if (serial == nullptr || serial->of->items != each.of->items) continue;
    each.speedup = ratio_of_medians(serial->times, each.times);
    each.efficiency = divided(each.speedup, workers);
    each.of_ceiling = divided(each.speedup, ceiling_at(workers));
    each.serial_fraction = karp_flatt(each.speedup, workers);
    each.lost = split(*each.typical, workers, user_of(*serial));
    each.causes = pop(*each.typical, workers, serial->typical->wall);
  }
  for (cell_figures& each : figures.weak) {
    if (!each.usable()) continue;
    const std::uint64_t share = each.of->items / static_cast<std::uint64_t>(each.of->workers);
    for (const auto* cells : {&figures.weak, &figures.strong}) {
      for (const cell_figures& one : *cells) {
        if (one.usable() && one.of->backend == each.of->backend && one.of->workers == 1 && one.of->items == share &&
            std::isnan(each.efficiency.value))
          each.efficiency = ratio_of_medians(one.times, each.times);
      }
    }
  }
}

void analysis::find_dispatch() {
  for (const workload_figures& figures : workloads_) {
    std::map<std::tuple<int, int, std::uint64_t>, dispatch_figures> found;
    if (figures.counts.empty()) continue;
    for (const auto* cells : {&figures.strong, &figures.counts}) {
      for (const cell_figures& each : *cells) {
        if (!each.usable()) continue;
        const cell& of = *each.of;
        dispatch_figures& into = found[{rank(of.backend), of.workers, of.chunk}];
        into.kind = of.backend;
        into.workers = of.workers;
        into.workload = figures.about;
        into.points.push_back({static_cast<double>(of.items), each.times});
      }
    }
    for (auto& [key, each] : found) {
      each.seconds = slope(each.points);
      if (!std::isnan(each.seconds.value)) dispatch_.push_back(std::move(each));
    }
  }
}

void analysis::find_grains() {
  for (const backend kind : {backend::threads, backend::processes}) {
    grain_figures found;
    found.kind = kind;
    for (const workload_figures& figures : workloads_) {
      const cell_figures* widest = figures.widest(kind, cpus());
      if (!(figures.about->item_seconds > 0) || widest == nullptr || std::isnan(widest->of_ceiling.value)) continue;
      found.workers = widest->of->workers;
      found.curve.push_back({figures.about->item_seconds, widest->of_ceiling.value});
    }
    if (found.curve.empty()) continue;
    std::ranges::sort(found.curve, {}, &grain::item_seconds);
    found.even = break_even(found.curve);
    grains_.push_back(std::move(found));
  }
}

double analysis::ceiling_at(int workers) const {
  const auto found = std::ranges::find(ceiling_, workers, &ceiling_figures::workers);
  if (found != ceiling_.end()) return found->speedup.value;
  const bool beyond = !ceiling_.empty() && workers > cpus() && ceiling_.back().workers >= cpus();
  return beyond ? ceiling_.back().speedup.value : workers;
}

double analysis::cpus() const {
  const environment& machine = source_.environment;
  if (machine.usable_cpus >= 1) return machine.usable_cpus;
  return machine.allowed_cpus.empty() ? 1 : static_cast<double>(machine.allowed_cpus.size());
}

bool analysis::disturbed() const {
  for (const machine_state* each : {&source_.before, &source_.after})
    if (each->steal > most_steal || each->foreign > most_foreign) return true;
  for (const workload_figures& figures : workloads_)
    if (std::ranges::any_of(figures.strong, &cell_figures::disturbed)) return true;
  return false;
}

}  // namespace yoke::bench
