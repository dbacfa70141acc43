#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plots.hpp"
#include "bench/report/reported_warnings.hpp"
#include "bench/report/sections/sections.hpp"
#include "bench/results/exports.hpp"
#include "bench/results/json.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t much_json = 400'000;

std::string change_text(difference is) {
  constexpr std::array<std::string_view, 4> words{"no difference", "faster", "SLOWER", "unclear: too few repetitions"};
  return std::string{words[static_cast<std::size_t>(is)]};
}

struct sums {
  std::uint64_t failed = 0;
  std::uint64_t rerun = 0;
  std::uint64_t lost = 0;
  std::uint64_t wrong = 0;
};

sums sums_of(const cell& of, const std::string& hash) {
  sums found;
  for (const repetition& each : of.repetitions) {
    found.failed += each.items_failed;
    found.rerun += each.items_rerun;
    found.lost += each.workers_lost;
    found.wrong += !each.hash.empty() && !hash.empty() && each.hash != hash ? 1 : 0;
  }
  return found;
}

std::string all_right_text(std::size_t cells, std::size_t unmeasured) {
  if (unmeasured == cells) return "No cell was measured.";
  if (unmeasured == 0) return "Every cell gave the serial loop's answer.";
  return fmt::format("Every cell that was measured gave the serial loop's answer; {} of {} were not.", unmeasured,
                     cells);
}

}  // namespace

section correctness_section(const analysis& of) {
  section made{"correctness", "Correctness", {}};
  table_block table{"Hashes, failures and retries",
                    {"workload", "cell", "result", "repetitions", "items failed", "items run again", "workers lost"},
                    {},
                    3,
                    true};
  std::size_t unmeasured = 0;
  for (const workload_figures& workload : of.workloads()) {
    for (const auto* cells : {&workload.strong, &workload.weak, &workload.counts}) {
      for (const cell_figures& each : *cells) {
        const std::string hash = each.of->shows == scaling::strong ? workload.about->hash : std::string{};
        const sums found = sums_of(*each.of, hash);
        std::string error = each.error();
        if (error.empty() && found.wrong > 0) error = fmt::format("{} results differ from the serial one", found.wrong);
        if (!error.empty())
          made.blocks.push_back(
              paragraph{fmt::format("{}, {}: {}", workload.about->name, full_cell_text(*each.of), error),
                        paragraph::tone::warning});
        const bool missing = error.empty() && each.times.empty();
        unmeasured += missing ? 1 : 0;
        table.rows.push_back({workload.about->name, full_cell_text(*each.of),
                              !error.empty() ? "error"
                              : missing      ? "not measured"
                              : hash.empty() ? "no error"
                                             : "as the serial loop's",
                              std::to_string(each.of->repetitions.size()), std::to_string(found.failed),
                              std::to_string(found.rerun), std::to_string(found.lost)});
      }
    }
  }
  made.blocks.insert(made.blocks.begin(),
                     paragraph{!made.blocks.empty() ? "Some cells have no figure. They are errors, not times:"
                                                    : all_right_text(table.rows.size(), unmeasured)});
  made.blocks.push_back(table);
  return made;
}

section warnings_section(const analysis& of) {
  section made{"warnings", "Warnings", {}};
  const auto warn = [&](const std::string& text) { made.blocks.push_back(paragraph{text, paragraph::tone::warning}); };
  for (const std::string& each : reported_warnings(of)) warn(each);
  std::size_t outlying = 0;
  for (const workload_figures& workload : of.workloads())
    for (const cell_figures& each : workload.strong) outlying += each.outlying.size();
  if (outlying > 0) warn(fmt::format("{} repetitions are outliers. They are kept; section 9 shows them.", outlying));
  if (made.blocks.empty()) made.blocks.push_back(paragraph{"None."});
  return made;
}

section baseline_section(const analysis& /*of*/, const std::optional<comparison>& with) {
  section made{"baseline", "Against a baseline", {}};
  if (!with) {
    made.blocks.push_back(
        paragraph{"None was given: yoke report RESULTS --baseline OLD compares cell by cell.", paragraph::tone::aside});
    return made;
  }
  for (const std::string& doubt : with->doubts) made.blocks.push_back(paragraph{doubt, paragraph::tone::warning});
  for (const std::string& each : with->broken)
    made.blocks.push_back(paragraph{"Had a time, and fails now: " + each, paragraph::tone::warning});
  std::vector<std::string> names;
  std::vector<interval> ratios;
  table_block table{"New time over old, against " + with->name,
                    {"workload", "cell", "then", "now", "ratio", "verdict"},
                    {},
                    2,
                    false};
  for (const cell_change& each : with->changes) {
    names.push_back(each.now->of->workload + ", " + full_cell_text(*each.now->of));
    ratios.push_back(each.ratio);
    table.rows.push_back({each.now->of->workload, full_cell_text(*each.now->of), seconds_text(each.then->time.value),
                          seconds_text(each.now->time.value), interval_text(each.ratio), change_text(each.is)});
  }
  made.blocks.push_back(
      paragraph{fmt::format("{} cells compared: {} slower, {} faster, {} unclear. {} are new, {} are gone, {} were not "
                            "measured this time.",
                            with->changes.size(), with->count(difference::slower), with->count(difference::faster),
                            with->count(difference::unclear), with->only_now, with->only_then, with->unmeasured)});
  figure drawn = baseline_figure(names, ratios, 0.02);
  if (!drawn.script.empty()) {
    figure_row row;
    row.figures.push_back(std::move(drawn));
    made.blocks.push_back(row);
  }
  if (!table.rows.empty()) made.blocks.push_back(table);
  return made;
}

section raw_section(const analysis& of) {
  section made{"raw", "Raw data", {}};
  made.blocks.push_back(
      paragraph{"Every figure above comes from these two files, which are inside this page: no network is needed."});
  made.blocks.push_back(
      raw_data{"results.csv", "text/csv", "a row per repetition, for a spreadsheet", to_csv(of.source())});
  std::string about = "all that was measured, in the format of bench/results/schema.json; yoke report reads it";
  std::string json = to_json(of.source());
  if (json.size() > much_json) {
    results given = of.source();
    for (cell& each : given.cells)
      for (repetition& run : each.repetitions) run.spans.clear();
    json = to_json(given);
    about += "; without the time lines, for size";
  }
  made.blocks.push_back(raw_data{"results.json", "application/json", about, std::move(json)});
  return made;
}

}  // namespace yoke::bench
