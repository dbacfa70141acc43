#include "bench/runner/measured_run.hpp"

#include "bench/runner/worker_accounts.hpp"
#include "bench/support/memory.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

using clock = std::chrono::steady_clock;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

void sample_memory(repetition& into) {
  const memory_use used = memory_of_tree(::getpid());
  into.pss = used.proportional;
  into.peak_memory = used.peak_resident;
}

void put_times(const timed& run, outcome& into) {
  repetition& figures = into.figures;
  figures.wall = seconds(run.took);
  figures.coordinator = seconds(run.user + run.system - run.own);
  figures.user = seconds(run.user);
  figures.system = seconds(run.system);
  figures.hash = hash_text(run.hash);
  into.note = run.note;
}

/// A part is enough to fault pages in and to wake CPUs; workloads that do not scale run whole.
amount warm_up_of(const cell_plan& cell) {
  amount part = cell.much;
  if (cell.load->scales) part.items = std::max<std::uint64_t>(1, part.items / 4);
  return part;
}

outcome serial_run(const cell_plan& cell, const run_terms& terms) {
  outcome result;
  for (int warm_up = 0; warm_up < terms.warm_ups; ++warm_up) cell.load->serial(warm_up_of(cell));
  own_account account;
  const timed run = cell.load->serial(cell.much);
  result.figures.workers.push_back(account.over(run, cell.much.items));
  put_times(run, result);
  result.figures.coordinator = 0;
  result.figures.start = result.figures.stop = 0;
  sample_memory(result.figures);
  return result;
}

outcome pooled_run(const cell_plan& cell, const run_terms& terms) {
  outcome result;
  const auto begun = clock::now();
  auto pool = std::make_unique<yoke::pool>(
      yoke::pool_options{.backend = cell.backend, .workers = cell.workers, .insights = yoke::insights_level::timeline});
  const auto started = clock::now();
  if (cell.load->needs_isolation && !pool->describe().isolates_crashes) {
    result.impossible = true;
    result.figures.error = fmt::format("not possible on {}s: a crash ends the program", to_string(cell.backend));
    return result;
  }
  for (int warm_up = 0; warm_up < terms.warm_ups; ++warm_up) cell.load->pooled(warm_up_of(cell), *pool);
  pool->reset_insights();
  const timed run = cell.load->pooled(cell.much, *pool);
  const yoke::insights seen = pool->insights();
  put_times(run, result);
  account_for(seen, run, terms.keeps_spans, result.figures);
  sample_memory(result.figures);
  const auto ending = clock::now();
  pool.reset();
  result.figures.start = seconds(started - begun);
  result.figures.stop = seconds(clock::now() - ending);
  return result;
}

}  // namespace

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

outcome measured_run(const cell_plan& cell, const run_terms& terms) {
  if (cell.load->prepare) cell.load->prepare(cell.much.size);
  return cell.backend == yoke::backend::serial ? serial_run(cell, terms) : pooled_run(cell, terms);
}

}  // namespace yoke::bench
