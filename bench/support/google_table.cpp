#include "bench/support/google_table.hpp"

#include <algorithm>

namespace yoke::bench {

void google_table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.error_occurred) into_.note(run.run_name.function_name + ": " + run.error_message);
    if (run.error_occurred || run.run_type != Run::RT_Iteration) continue;
    for (const auto& [name, value] : run.counters) row(run.run_name.function_name + ", " + name).add(value.value);
    if (run.counters.empty())
      row(run.run_name.function_name).add(run.real_accumulated_time / static_cast<double>(run.iterations));
  }
}

void google_table::Finalize() {
  for (const auto& [name, times] : rows_) {
    const auto wanted = targets_.find(name);
    into_.row(name, times, unit::seconds, wanted == targets_.end() ? std::nullopt : std::optional{wanted->second});
  }
}

samples& google_table::row(const std::string& name) {
  const auto known = std::find_if(rows_.begin(), rows_.end(), [&](const auto& each) { return each.first == name; });
  return known != rows_.end() ? known->second : rows_.emplace_back(name, samples{}).second;
}

}  // namespace yoke::bench
