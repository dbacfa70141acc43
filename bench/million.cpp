// A million doubles through next to nothing: what moving items and results costs, the result vector included.
#include <yoke/pool.hpp>

#include "support/child.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"
#include "support/table.hpp"
#include "workloads/affine.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/core.h>

namespace {

using namespace yoke::bench;

constexpr int cold_starts = 5;

class contest {
 public:
  double on(yoke::pool& pool) const {
    return checked([&](std::vector<double>& results) { results = pool.map(numbers_, affine{}); });
  }

  double serial() const {
    return checked([&](std::vector<double>& results) {
      results.resize(numbers_.size());
      std::transform(numbers_.begin(), numbers_.end(), results.begin(), affine{});
    });
  }

  samples cold(const yoke::pool_options& options) const {
    samples times;
    for (int start = 0; start < cold_starts; ++start) {
      yoke::pool pool{options};
      times.add(on(pool));
    }
    return times;
  }

 private:
  template <class Fill>
  double checked(Fill fill) const {
    std::vector<double> results;
    const double seconds = seconds_of([&] { fill(results); });
    if (results != expected_) throw std::runtime_error("the results differ from the serial ones");
    return seconds;
  }

  static std::vector<double> answers(std::vector<double> numbers) {
    std::transform(numbers.begin(), numbers.end(), numbers.begin(), affine{});
    return numbers;
  }

  const std::vector<double> numbers_ = affine::input();
  const std::vector<double> expected_ = answers(numbers_);
};

void measure(int rounds) {
  const yoke::pool_options on_threads{.backend = yoke::backend::threads};
  const contest race;
  const table figures{fmt::format("bench_million: {} doubles through x -> 2x + 1, {} rounds", affine::items, rounds),
                      "./dev bench million [ROUNDS]"};

  const samples cold_process = race.cold({});
  yoke::pool processes;  // before any thread exists
  const samples cold_thread = race.cold(on_threads);
  yoke::pool threads{on_threads};

  std::vector<measurement> contenders{[&] { return race.on(processes); }, [&] { return race.on(threads); },
                                      [&] { return race.serial(); }};
  std::optional<peer> tbb;
  if (const auto program = program_beside("peer_tbb"); std::filesystem::exists(program)) {
    tbb.emplace(program.string());
    contenders.emplace_back([&] { return tbb->measure('z'); });
    contenders.emplace_back([&] { return tbb->measure('r'); });
  }
  const auto measured = interleaved(rounds, contenders);
  const samples& process = measured[0];
  const samples& thread = measured[1];

  figures.row("processes, first call of a pool", cold_process, unit::seconds);
  figures.row("threads, first call of a pool", cold_thread, unit::seconds);
  figures.row("processes", process, unit::seconds);
  figures.row("threads", thread, unit::seconds);
  figures.row("serial loop", measured[2], unit::seconds);
  if (tbb) {
    figures.row("oneTBB parallel_for, std::vector", measured[3], unit::seconds);
    figures.row("oneTBB parallel_for, memory not zeroed", measured[4], unit::seconds);
  }
  figures.row("processes / threads", process / thread, unit::times, at_most(3));
  if (tbb) {
    figures.row("threads / oneTBB", thread / measured[3], unit::times, at_most(2));
    figures.row("threads / oneTBB, memory not zeroed", thread / measured[4], unit::times);
  } else {
    figures.note("no peer_tbb beside this program: install libtbb-dev and build again");
  }
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 20, measure); }
