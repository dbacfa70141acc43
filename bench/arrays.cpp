// What it costs to have large inputs copied to workers, and what shared arrays save.
#include <yoke/yoke.hpp>

#include "support/child.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"
#include "support/table.hpp"
#include "workloads/large_arrays.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/core.h>

namespace {

using namespace yoke::bench;

constexpr std::size_t blocks = 64;
constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr double copied_bytes_per_second = 3e9;

void require(bool right) {
  if (!right) throw std::runtime_error("a result is wrong");
}

template <class Block>
double map_blocks(yoke::pool& pool, const yoke::shared_array<Block>& items) {
  constexpr int calls = 100;
  const auto length = [](const Block& block) { return block.size(); };
  return seconds_of([&] {
           for (int call = 0; call < calls; ++call) require(pool.map(items, length).size() == blocks);
         }) /
         calls;
}

void measure_blocks(yoke::pool& processes, int rounds, const table& figures) {
  const std::vector<std::string> texts(blocks, std::string(mebibyte, 'x'));
  const yoke::shared_array<std::array<char, 1024>> small{processes, blocks};
  const yoke::shared_array<std::array<char, mebibyte>> large{processes, blocks};
  const auto length = [](const std::string& text) { return text.size(); };
  const auto seen = [](std::string_view text) { return text.size(); };
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto measured = interleaved(
      rounds, {[&] { return seconds_of([&] { require(processes.map(texts, length).back() == mebibyte); }); },
               [&] { return seconds_of([&] { require(processes.map(views, seen).back() == mebibyte); }); },
               [&] { return map_blocks(processes, large); }, [&] { return map_blocks(processes, small); }});
  constexpr double limit = blocks * mebibyte / copied_bytes_per_second;
  figures.note("64 inputs of 1 MiB, and their sizes:");
  figures.row("  std::string, sent to processes", measured[0], unit::seconds, at_most(limit));
  figures.row("  std::string_view, sent to processes", measured[1], unit::seconds, at_most(limit));
  figures.row("  a shared array of them", measured[2], unit::seconds);
  figures.row("  that / one of 1 KiB each", measured[2] / measured[3], unit::times, at_most(1.25));
}

double sum(yoke::pool& pool, const yoke::shared_array<double>& ones) {
  return seconds_of([&] { require(*pool.reduce(ones, std::plus<>{}) == static_cast<double>(ones.size())); });
}

void measure_sum(yoke::pool& processes, yoke::pool& threads, int rounds, const table& figures) {
  yoke::shared_array<double> for_processes{processes, numbers_to_sum};
  yoke::shared_array<double> for_threads{threads, numbers_to_sum};
  std::fill(for_processes.begin(), for_processes.end(), 1.0);
  std::fill(for_threads.begin(), for_threads.end(), 1.0);
  samples first;
  first.add(sum(processes, for_processes));
  // A process maps a page when it meets it, and chunks go to whoever is free: after some calls each has met all.
  for (int call = 0; call < 6; ++call) sum(processes, for_processes);
  std::vector<measurement> contenders{[&] { return sum(processes, for_processes); },
                                      [&] { return sum(threads, for_threads); }};
  std::optional<peer> openmp;
  if (const auto program = program_beside("peer_openmp_sum"); std::filesystem::exists(program)) {
    openmp.emplace(program.string());
    contenders.emplace_back([&] { return openmp->measure('p'); });
    contenders.emplace_back([&] { return openmp->measure('s'); });
  }
  const auto measured = interleaved(rounds, contenders);
  figures.note(fmt::format("the sum of {} doubles:", numbers_to_sum));
  figures.row("  reduce, processes, the first call", first, unit::seconds);
  figures.row("  reduce, processes", measured[0], unit::seconds);
  figures.row("  reduce, threads", measured[1], unit::seconds);
  if (!openmp) return figures.note("  no peer_openmp_sum beside this program: build with OpenMP");
  figures.row("  OpenMP reduction", measured[2], unit::seconds);
  figures.row("  OpenMP simd reduction", measured[3], unit::seconds);
  figures.row("  processes / OpenMP", measured[0] / measured[2], unit::times, at_most(1.1));
  figures.row("  threads / OpenMP", measured[1] / measured[2], unit::times, at_most(1.1));
  figures.row("  processes / OpenMP simd", measured[0] / measured[3], unit::times, at_most(1.1));
  figures.row("  threads / OpenMP simd", measured[1] / measured[3], unit::times, at_most(1.1));
}

double sort(yoke::pool& pool, yoke::shared_array<double>& array, const std::vector<double>& numbers) {
  std::copy(numbers.begin(), numbers.end(), array.begin());
  const double seconds = seconds_of([&] { yoke::sort(pool, array); });
  require(std::is_sorted(array.begin(), array.end()));
  return seconds;
}

void measure_sort(yoke::pool& processes, yoke::pool& threads, int rounds, const table& figures) {
  const std::vector<double> numbers = disorder();
  yoke::shared_array<double> for_processes{processes, numbers.size()};
  yoke::shared_array<double> for_threads{threads, numbers.size()};
  std::vector<double> serial;
  std::vector<measurement> contenders{[&] { return sort(processes, for_processes, numbers); },
                                      [&] { return sort(threads, for_threads, numbers); },
                                      [&] {
                                        serial = numbers;
                                        return seconds_of([&] { std::sort(serial.begin(), serial.end()); });
                                      }};
  std::optional<peer> tbb;
  if (const auto program = program_beside("peer_tbb_sort"); std::filesystem::exists(program)) {
    tbb.emplace(program.string());
    contenders.emplace_back([&] { return tbb->measure('s'); });
  }
  const auto measured = interleaved(rounds, contenders);
  figures.note(fmt::format("{} doubles in order:", numbers.size()));
  figures.row("  sort, processes", measured[0], unit::seconds);
  figures.row("  sort, threads", measured[1], unit::seconds);
  figures.row("  std::sort", measured[2], unit::seconds);
  figures.row("  std::sort / processes", measured[2] / measured[0], unit::times);
  if (!tbb) return figures.note("  no peer_tbb_sort beside this program: install libtbb-dev and build again");
  figures.row("  oneTBB parallel_sort", measured[3], unit::seconds);
  figures.row("  processes / oneTBB", measured[0] / measured[3], unit::times, at_most(1.1));
  figures.row("  threads / oneTBB", measured[1] / measured[3], unit::times, at_most(1.1));
}

void measure_scan(yoke::pool& processes, yoke::pool& threads, int rounds, const table& figures) {
  const std::vector<double> ones(numbers_to_sum / 4, 1.0);
  const auto scan_on = [&](yoke::pool& pool) {
    return [&pool, in = std::make_shared<yoke::shared_array<double>>(pool, ones),
            out = std::make_shared<yoke::shared_array<double>>(pool, ones.size())] {
      return seconds_of([&] { yoke::inclusive_scan(pool, *in, *out); });
    };
  };
  std::vector<double> totals(ones.size());
  const auto measured = interleaved(
      rounds, {scan_on(processes), scan_on(threads),
               [&] { return seconds_of([&] { std::inclusive_scan(ones.begin(), ones.end(), totals.begin()); }); }});
  figures.note(fmt::format("running totals of {} doubles:", ones.size()));
  figures.row("  inclusive_scan, processes", measured[0], unit::seconds);
  figures.row("  inclusive_scan, threads", measured[1], unit::seconds);
  figures.row("  std::inclusive_scan", measured[2], unit::seconds);
  figures.row("  std::inclusive_scan / processes", measured[2] / measured[0], unit::times);
}

void measure(int rounds) {
  const table figures{fmt::format("bench_arrays: {} rounds", rounds), "./dev bench arrays [ROUNDS]"};
  yoke::pool processes;  // before any thread exists
  yoke::pool threads{yoke::backend::threads};
  measure_blocks(processes, rounds, figures);
  measure_sum(processes, threads, rounds, figures);
  measure_sort(processes, threads, rounds, figures);
  measure_scan(processes, threads, rounds, figures);
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 10, measure); }
