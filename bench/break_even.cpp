// From which length of a task on do two workers pay? What is shown is their speedup over a loop, as a part of what two
// processes that share nothing reach here.
#include <yoke/pool.hpp>

#include "bench/support/descendants.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/spinners.hpp"
#include "bench/support/table.hpp"
#include "bench/workloads/spinning.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <ranges>
#include <vector>

#include <fmt/core.h>

namespace {

using namespace yoke::bench;
using std::chrono::microseconds;

constexpr std::array lengths{microseconds{1},  microseconds{2},  microseconds{5},  microseconds{10},
                             microseconds{20}, microseconds{50}, microseconds{100}};
constexpr microseconds all_work{100'000};

int items_of(microseconds length) { return static_cast<int>(all_work / length); }

double serially(microseconds length) {
  return seconds_of([&] {
    for (int item = 0; item < items_of(length); ++item) spin(length);
  });
}

double by(yoke::pool& pool, microseconds length, yoke::chunking chunk) {
  return seconds_of(
      [&] { pool.for_each(std::views::iota(0, items_of(length)), [length](int) { spin(length); }, {.chunk = chunk}); });
}

struct way {
  const char* name;
  yoke::pool& pool;
  yoke::chunking chunk;
  std::optional<microseconds> wanted;  // 90 % at this length, and above
};

void measure(int rounds) {
  const table figures{fmt::format("bench_break_even: tasks of some length on 2 workers, {} rounds", rounds),
                      "./dev bench break_even [ROUNDS]"};
  adopt_orphans();
  calibrate_spinning();
  yoke::pool processes{{.workers = 2}};
  yoke::pool threads{{.backend = yoke::backend::threads, .workers = 2}};
  const std::array ways{way{"processes, automatic chunks", processes, {}, microseconds{5}},
                        way{"processes, one by one", processes, 1, microseconds{50}},
                        way{"threads, automatic chunks", threads, {}, {}}, way{"threads, one by one", threads, 1, {}}};

  std::vector<std::function<double()>> asked;
  for (const microseconds length : lengths) {
    asked.emplace_back([length] { return serially(length); });
    for (const way& each : ways) asked.emplace_back([&each, length] { return by(each.pool, length, each.chunk); });
  }
  const auto spinning = [] { spin(all_work); };
  asked.emplace_back([&] { return seconds_per_work(1, spinning); });
  asked.emplace_back([&] { return seconds_per_work(2, spinning); });
  const auto measured = interleaved(rounds, asked);
  const samples ceiling = measured[measured.size() - 2] / measured.back();
  figures.row("two processes that share nothing", ceiling, unit::times);

  for (std::size_t w = 0; w < ways.size(); ++w) {
    figures.note(fmt::format("{}, as a part of that:", ways[w].name));
    for (std::size_t l = 0; l < lengths.size(); ++l) {
      const std::size_t at = l * (ways.size() + 1);
      std::optional<target> wanted;
      if (ways[w].wanted == lengths[l]) wanted = at_least(0.9);
      figures.row(fmt::format("  {} us", lengths[l].count()), measured[at] / measured[at + 1 + w] / ceiling,
                  unit::times, wanted);
    }
  }
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 9, measure); }
