// A million doubles through next to nothing: what moving items and results costs, the result vector included.
#include <yoke/pool.hpp>

#include "bench/support/child.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/table.hpp"
#include "bench/workloads/affine.hpp"
#include "bench/workloads/result_memory.hpp"

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
    choose_memory(result_memory::fresh);
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

/// field is who takes part.
struct field {
  const contest& race;
  yoke::pool& processes;
  yoke::pool& threads;
  peer* tbb;  ///< null where oneTBB is not installed
};

void compare(const field& all, result_memory memory, int rounds, const table& figures) {
  const bool fresh = memory == result_memory::fresh;
  choose_memory(memory);
  std::vector<measurement> contenders{[&] { return all.race.on(all.processes); },
                                      [&] { return all.race.on(all.threads); }, [&] { return all.race.serial(); }};
  if (all.tbb != nullptr) {
    contenders.emplace_back([&] { return all.tbb->measure(fresh ? 'V' : 'v'); });
    contenders.emplace_back([&] { return all.tbb->measure(fresh ? 'A' : 'a'); });
  }
  const auto measured = interleaved(rounds, contenders);
  const samples& process = measured[0];
  const samples& thread = measured[1];

  figures.note(fresh ? "results in fresh memory:" : "results in memory used before:");
  figures.row("  processes", process, unit::seconds);
  figures.row("  threads", thread, unit::seconds);
  figures.row("  serial loop", measured[2], unit::seconds);
  if (all.tbb != nullptr) {
    figures.row("  oneTBB parallel_for, std::vector", measured[3], unit::seconds);
    figures.row("  oneTBB parallel_for, array not zeroed", measured[4], unit::seconds);
  }
  figures.row("  processes / threads", process / thread, unit::times, at_most(3));
  if (all.tbb != nullptr) {
    figures.row("  threads / oneTBB", thread / measured[3], unit::times, at_most(2));
    figures.row("  threads / oneTBB, array not zeroed", thread / measured[4], unit::times);
  }
}

void measure(int rounds) {
  const yoke::pool_options on_threads{.backend = yoke::backend::threads};
  const contest race;
  const table figures{fmt::format("bench_million: {} doubles through x -> 2x + 1, {} rounds", affine::items, rounds),
                      "./dev bench million [ROUNDS]"};

  const samples cold_process = race.cold({});
  yoke::pool processes;  // before any thread exists
  const samples cold_thread = race.cold(on_threads);
  yoke::pool threads{on_threads};
  figures.row("processes, first call of a pool", cold_process, unit::seconds);
  figures.row("threads, first call of a pool", cold_thread, unit::seconds);

  std::optional<peer> tbb;
  const auto program = program_beside("peer_tbb");
  if (std::filesystem::exists(program)) {
    tbb.emplace(program.string());
  } else {
    figures.note("no peer_tbb beside this program: install libtbb-dev and build again");
  }
  const field all{.race = race, .processes = processes, .threads = threads, .tbb = tbb ? &*tbb : nullptr};
  for (const auto memory : {result_memory::fresh, result_memory::used}) compare(all, memory, rounds, figures);
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 20, measure); }
