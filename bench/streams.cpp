// What does an item of a stream cost, with next to no work on it?
#include <yoke/pool.hpp>

#include "bench/support/descendants.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/table.hpp"

#include <cstdint>
#include <ranges>
#include <stdexcept>

#include <fmt/core.h>

namespace {

using namespace yoke::bench;

constexpr int many = 1'000'000;
constexpr int fewer = 200'000;

int next(int n) { return n + 1; }

template <class Read>
double seconds_per_item(int items, const Read& read) {
  std::int64_t sum = 0;
  const double seconds = seconds_of([&] { sum = read(std::views::iota(0, items)); });
  if (sum != std::int64_t{items} * (items + 1) / 2) throw std::runtime_error{"the results are wrong"};
  return seconds / items;
}

double ordered(yoke::pool& pool, int items, const yoke::stream_options& options) {
  return seconds_per_item(items, [&](auto range) {
    std::int64_t sum = 0;
    for (const int each : pool.imap(range, next, options)) sum += each;
    return sum;
  });
}

double unordered(yoke::pool& pool, int items, const yoke::stream_options& options) {
  return seconds_per_item(items, [&](auto range) {
    std::int64_t sum = 0;
    for (const auto& [item, each] : pool.imap_unordered(range, next, options)) sum += each;
    return sum;
  });
}

void measure(int rounds) {
  const table figures{fmt::format("bench_streams: imap of numbers, {} rounds", rounds), "./dev bench streams [ROUNDS]"};
  adopt_orphans();
  yoke::pool processes;  // before any thread exists
  yoke::pool threads{yoke::backend::threads};
  const auto measured = interleaved(
      rounds, {[&] { return ordered(processes, many, {}); }, [&] { return unordered(processes, many, {}); },
               [&] { return ordered(processes, fewer, {.chunk = 1}); },
               [&] { return unordered(processes, fewer, {.chunk = 1}); }, [&] { return ordered(threads, many, {}); },
               [&] { return ordered(threads, fewer, {.chunk = 1}); }});
  figures.note("an item, in automatic chunks:");
  figures.row("  processes, in order", measured[0], unit::seconds, at_most(200e-9));
  figures.row("  processes, as they come", measured[1], unit::seconds);
  figures.row("  threads, in order", measured[4], unit::seconds);
  figures.note("an item, one by one:");
  figures.row("  processes, in order", measured[2], unit::seconds, at_most(1e-6));
  figures.row("  processes, as they come", measured[3], unit::seconds);
  figures.row("  threads, in order", measured[5], unit::seconds);
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 9, measure); }
