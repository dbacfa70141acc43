#pragma once

#include "bench/report/document.hpp"
#include "bench/statistics/analysis.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// The figures of the report. Each has its numbers as a table, and an empty script where there is nothing to draw.

/// speedup_figure shows speedup against workers, both backends, with the ideal and the machine's ceiling.
figure speedup_figure(const analysis& of, const workload_figures& workload);
/// efficiency_figure shows the same as efficiency.
figure efficiency_figure(const analysis& of, const workload_figures& workload);
/// weak_figure shows the time of one worker's share over that of all, when the work grows with the workers.
figure weak_figure(const workload_figures& workload);
/// losses_figure shows where the core-seconds of each cell went, stacked.
figure losses_figure(const workload_figures& workload);
/// grain_figure shows efficiency against the length of items.
figure grain_figure(const analysis& of);
/// throughput_figure shows items a second against the length of items: where the curves cross.
figure throughput_figure(const analysis& of);
/// strip_figure shows each repetition of each cell.
figure strip_figure(const workload_figures& workload);
/// ecdf_figure shows how repetitions are distributed about their median.
figure ecdf_figure(const workload_figures& workload);
/// order_figure shows the repetitions in the order of the run: a drift would show.
figure order_figure(const workload_figures& workload);
/// timeline_figure shows the chunks of one repetition, worker by worker.
figure timeline_figure(const workload_figures& workload, const cell_figures& of);
/// baseline_figure shows ratios of times, new over old, with their intervals.
figure baseline_figure(const std::vector<std::string>& cells, const std::vector<interval>& ratios, double noise);

/// id_of makes a name for the page out of words: "mandelbrot-speedup".
std::string id_of(const std::string& words);

}  // namespace yoke::bench
