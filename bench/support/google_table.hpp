#pragma once

#include "bench/support/table.hpp"

#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace yoke::bench {

/// google_table is a reporter for Google Benchmark that prints our table: a row per benchmark, or one per counter where
/// it has counters, from the repetitions' times in seconds.
class google_table final : public benchmark::BenchmarkReporter {
 public:
  explicit google_table(const table& into) : into_{into} {}

  /// expect sets the target of the row with this name.
  void expect(const std::string& row, const target& wanted) { targets_[row] = wanted; }

  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  samples& row(const std::string& name);

  const table& into_;
  std::map<std::string, target> targets_;
  std::vector<std::pair<std::string, samples>> rows_;
};

}  // namespace yoke::bench
