#include "bench/results/exports.hpp"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace yoke::bench {
namespace {

using nlohmann::ordered_json;

std::string name_of(const cell& of) {
  std::string name = fmt::format("{}/{}/workers:{}", of.workload, to_string(of.backend), of.workers);
  if (of.shows != scaling::strong) name += fmt::format("/{}/items:{}", to_string(of.shows), of.items);
  if (of.chunk != 0) name += fmt::format("/chunk:{}", of.chunk);
  return name + "/real_time";
}

ordered_json context_of(const results& from) {
  const environment& machine = from.environment;
  ordered_json caches = ordered_json::array();
  for (const cpu_cache& each : machine.caches) {
    caches.push_back(
        {{"type", each.kind}, {"level", each.level}, {"size", each.bytes}, {"num_sharing", each.shared_by}});
  }
  return {{"date", from.plan.begun},
          {"host_name", "not recorded"},
          {"executable", "yoke"},
          {"num_cpus", machine.logical_cpus},
          {"mhz_per_cpu", 0},
          {"cpu_scaling_enabled", !machine.governor.empty() && machine.governor != "performance"},
          {"caches", caches},
          {"load_avg", ordered_json::array({from.before.load})},
          {"library_build_type", machine.build_type == "Debug" ? "debug" : "release"},
          {"yoke_version", machine.yoke_version},
          {"cpu_model", machine.cpu_model}};
}

}  // namespace

std::string to_google_json(const results& from) {
  constexpr double nanoseconds = 1e9;
  ordered_json entries = ordered_json::array();
  for (std::size_t family = 0; family < from.cells.size(); ++family) {
    const cell& each = from.cells[family];
    for (const repetition& run : each.repetitions) {
      ordered_json entry{{"name", name_of(each)},
                         {"family_index", family},
                         {"per_family_instance_index", 0},
                         {"run_name", name_of(each)},
                         {"run_type", "iteration"},
                         {"repetitions", each.repetitions.size()},
                         {"repetition_index", run.number},
                         {"threads", 1},
                         {"iterations", 1},
                         {"real_time", run.wall * nanoseconds},
                         {"cpu_time", (run.user + run.system) * nanoseconds},
                         {"time_unit", "ns"},
                         {"items_per_second", static_cast<double>(each.items) / run.wall}};
      if (!run.error.empty()) {
        entry["error_occurred"] = true;
        entry["error_message"] = run.error;
        entry["real_time"] = entry["cpu_time"] = 0;
      }
      if (entry["cpu_time"].is_number_float() && !(entry["cpu_time"] >= 0)) entry["cpu_time"] = 0;
      entries.push_back(entry);
    }
  }
  const ordered_json whole{{"context", context_of(from)}, {"benchmarks", entries}};
  return whole.dump(1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace yoke::bench
