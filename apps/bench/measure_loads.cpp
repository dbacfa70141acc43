#include "bench/measure_loads.hpp"

#include "bench/bench_progress.hpp"
#include "bench/bench_table.hpp"
#include "bench/report/baseline.hpp"
#include "bench/report/terminal_table.hpp"
#include "bench/results/exports.hpp"
#include "bench/results/json.hpp"
#include "bench/run_interrupt.hpp"
#include "bench/runner/forked_runner.hpp"
#include "bench/runner/machine_watch.hpp"
#include "common/command_error.hpp"
#include "common/messages.hpp"
#include "common/output_file.hpp"

#include <algorithm>
#include <optional>
#include <system_error>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

/// result_files are opened before anything is measured, so that an hour's work does not end in "permission denied".
class result_files {
 public:
  explicit result_files(const bench_request& request) {
    if (!request.json.empty()) json_.emplace(request.json == "-" ? std::string{} : request.json);
    if (!request.csv.empty()) csv_.emplace(request.csv);
    if (!request.trace.empty()) trace_.emplace(request.trace);
  }

  /// A file that cannot be written keeps no other from being written. Returns what went wrong.
  std::string write(const bench::results& measured) {
    put(json_, measured, bench::to_json);
    put(csv_, measured, bench::to_csv);
    put(trace_, measured, bench::to_chrome_trace);
    return trouble_;
  }

 private:
  void put(std::optional<output_file>& file, const bench::results& measured,
           std::string (*text_of)(const bench::results&)) {
    if (!file) return;
    try {
      const std::string text = text_of(measured);
      file->write(std::as_bytes(std::span{text}));
      file->commit();
    } catch (const io_error& error) {
      trouble_.append(trouble_.empty() ? "" : "\n").append(error.what());
    }
  }

  std::optional<output_file> json_;
  std::optional<output_file> csv_;
  std::optional<output_file> trace_;
  std::string trouble_;
};

/// Without a CPU there is nothing to measure; nobody says so better than here.
void require_cpus() {
  try {
    if (!bench::allowed_cpus().empty()) return;
  } catch (const std::system_error& error) {
    throw command_error{exit_status::workers_lost,
                        fmt::format("cannot find out which CPUs are allowed: {}; yoke doctor "
                                    "says what this machine allows",
                                    error.what())};
  }
  throw command_error{exit_status::workers_lost, "no CPU is allowed: see taskset and the cpuset of the control group"};
}

bool any_failed(const bench::results& measured) {
  return std::ranges::any_of(measured.cells, [](const bench::cell& each) {
    return !each.error.empty() && !each.error.starts_with("not possible");
  });
}

bench::results older_results(const std::string& file) {
  try {
    return bench::read_results(file);
  } catch (const bench::results_error& error) {
    throw io_error{error.what()};
  }
}

int status_of(const bench::results& measured, bool slower) {
  if (run_interrupt::flag().load()) return static_cast<int>(exit_status::interrupted);
  if (any_failed(measured)) return static_cast<int>(exit_status::items_failed);
  return static_cast<int>(slower ? exit_status::negative : exit_status::all_right);
}

}  // namespace

int measure_loads(const known_loads& known, std::span<char*> arguments) {
  const bench_request request = parse_bench(known, arguments);
  if (!request.text.empty()) return print(request.text), 0;
  require_cpus();
  std::optional<bench::results> before;
  if (!request.baseline.empty()) before = older_results(request.baseline);
  result_files files{request};
  const run_interrupt watched;
  bench::forked_runner runner{run_interrupt::flag()};
  bench_progress progress{request.shows_progress};
  const bench::results measured = bench::run_all(request.run, runner,
                                                 {.interrupted = run_interrupt::flag(),
                                                  .now = bench::steady_seconds,
                                                  .tell = [&](const bench::run_step& step) { progress.show(step); }});
  progress.clear();
  const std::string trouble = files.write(measured);
  const bench::analysis figures{measured};
  std::optional<bench::analysis> older;
  std::optional<bench::comparison> compared;
  if (before) compared = bench::compare(figures, older.emplace(*before), request.baseline);
  const bool prints = request.json != "-";
  if (prints) print(bench_table(figures) + (compared ? '\n' + bench::to_terminal(figures, compared) : std::string{}));
  if (!request.quiet && !(prints && compared)) {  // those are in the comparison
    for (const std::string& warning : measured.warnings) complain(known.command, warning);
  }
  if (!trouble.empty()) throw io_error{trouble};
  return status_of(measured, compared && compared->regressed());
}

}  // namespace yoke::cli
