// A CPU-bound map with items of about a millisecond: what processes and threads make of this machine's CPUs.
#include <yoke/pool.hpp>

#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/spinners.hpp"
#include "bench/support/table.hpp"
#include "bench/workloads/mandelbrot.hpp"

#include <cstdint>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <fmt/core.h>

namespace {

using namespace yoke::bench;

using image = std::vector<std::vector<std::uint16_t>>;

image render() {
  image rows;
  rows.reserve(mandelbrot::rows);
  for (int y = 0; y < mandelbrot::rows; ++y) rows.push_back(mandelbrot::row(y));
  return rows;
}

double seconds_on(yoke::pool& pool, const image& expected) {
  image rendered;
  const double seconds =
      seconds_of([&] { rendered = pool.map(std::views::iota(0, mandelbrot::rows), mandelbrot::row); });
  if (rendered != expected) throw std::runtime_error("the image differs from the serial one");
  return seconds;
}

void measure(int rounds) {
  yoke::pool processes;  // before any thread exists
  const std::size_t workers = processes.workers();
  yoke::pool threads{{.backend = yoke::backend::threads, .workers = static_cast<int>(workers)}};
  const image expected = render();
  const auto work = [] { render(); };

  const table figures{
      fmt::format("bench_map: {} Mandelbrot rows, {} workers, {} rounds", mandelbrot::rows, workers, rounds),
      "./dev bench map [ROUNDS]"};
  const auto measured =
      interleaved(rounds, {[&] { return seconds_of(work); }, [&] { return seconds_on(processes, expected); },
                           [&] { return seconds_on(threads, expected); }, [&] { return seconds_per_work(1, work); },
                           [&] { return seconds_per_work(workers, work); }});
  const auto& [serial, process, thread, one, all] =
      std::tie(measured[0], measured[1], measured[2], measured[3], measured[4]);
  const samples ceiling = one / all;

  figures.row("serial loop", serial, unit::seconds);
  figures.row("processes", process, unit::seconds);
  figures.row("threads", thread, unit::seconds);
  figures.row(fmt::format("ceiling: {} spinners against one", workers), ceiling, unit::times);
  figures.row("speedup of processes", serial / process, unit::times);
  figures.row("speedup of threads", serial / thread, unit::times);
  figures.row("speedup of processes / ceiling", serial / process / ceiling, unit::times, at_least(0.95));
  figures.row("speedup of threads / ceiling", serial / thread / ceiling, unit::times, at_least(0.95));
  figures.row("processes / threads (speedup)", thread / process, unit::times, at_least(0.97));
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 15, measure); }
