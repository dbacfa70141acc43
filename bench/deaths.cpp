// What deaths cost: the time until a replacement is at work, and the throughput while workers are killed all the time.
#include <yoke/pool.hpp>

#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/samples.hpp"
#include "bench/support/table.hpp"
#include "sys/clock.hpp"
#include "tests/support/killer/random_killer.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <new>
#include <random>
#include <ranges>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;

constexpr int items = 500;
constexpr int workers = 2;
constexpr double kills_per_second = 1000;
constexpr auto item_length = std::chrono::milliseconds{1};
constexpr std::size_t blocks_of_memory = 256;

/// What workers and coordinator tell each other beside the pool.
struct shared_words {
  std::atomic<std::int64_t> died{0};  // ns
  std::atomic<std::int64_t> running{0};
  std::atomic<std::uint64_t> kills{0};
};

shared_words& shared() {
  static shared_words* const words = [] {
    void* memory = ::mmap(nullptr, sizeof(shared_words), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error{"mmap of the shared words failed"};
    return new (memory) shared_words;
  }();
  return *words;
}

/// Dies at its first run, and takes the time of the second.
int die_once(int item) {
  shared_words& words = shared();
  if (words.died == 0) {
    words.died = yoke::detail::monotonic_now().count();
    ::raise(SIGKILL);
  }
  words.running = yoke::detail::monotonic_now().count();
  return item;
}

/// Seconds from the death of a pool's only worker to the same item being run by its replacement.
double replacement(yoke::pool& pool) {
  shared().died = 0;
  pool.map(std::views::iota(0, 1), die_once);
  return static_cast<double>(shared().running - shared().died) * 1e-9;
}

int compute(int item) {
  const auto end = yoke::detail::monotonic_now() + item_length;
  while (yoke::detail::monotonic_now() < end) {
  }
  return item * 2;
}

double throughput(yoke::pool& pool) {
  const double seconds = seconds_of([&] {
    const auto answers = pool.map(std::views::iota(0, items), compute, {.chunk = 1});
    for (int item = 0; item < items; ++item) {
      if (answers[static_cast<std::size_t>(item)] != item * 2) throw std::runtime_error{"a result is wrong"};
    }
  });
  return items / seconds;
}

/// killing runs a killer for as long as it lives.
class killing {
 public:
  explicit killing(pid_t coordinator) : killer_{::fork()} {
    if (killer_ < 0) throw std::runtime_error{"fork of the killer failed"};
    if (killer_ == 0) kill_for_ever(coordinator);
  }
  killing(const killing&) = delete;
  killing& operator=(const killing&) = delete;
  ~killing() {
    ::kill(killer_, SIGKILL);
    ::waitpid(killer_, nullptr, 0);
  }

 private:
  [[noreturn]] static void kill_for_ever(pid_t coordinator) {
    yoke_test::random_killer killer{coordinator, 1};
    std::mt19937_64 random{1};
    std::exponential_distribution<double> pause{kills_per_second};
    auto next = std::chrono::steady_clock::now();
    for (;;) {
      next += std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>{pause(random)});
      std::this_thread::sleep_until(next);
      if (killer.kill_one()) ++shared().kills;
    }
  }

  pid_t killer_;
};

void measure(int rounds) {
  const table figures{fmt::format("bench_deaths: what it costs when workers die, {} rounds", rounds),
                      "./dev bench deaths [ROUNDS]"};
  shared();
  {
    yoke::pool pool{{.workers = 1}};
    samples times;
    for (int round = 0; round < 20 * rounds; ++round) times.add(replacement(pool));
    figures.row("death to replacement at work", times, unit::seconds, at_most(1e-3));
  }
  {
    yoke::pool pool{{.workers = 1}};
    const std::vector<char> grown(blocks_of_memory << 20, 1);  // after the fork: replacements do not see it
    samples times;
    for (int round = 0; round < 20 * rounds; ++round) times.add(replacement(pool));
    figures.row("the same, the host 256 MB larger", times, unit::seconds, at_most(1e-3));
  }
  yoke::pool pool{{.workers = workers}};
  double kills = 0;
  const auto measured = interleaved(rounds, {[&] { return throughput(pool); },
                                             [&] {
                                               const std::uint64_t before = shared().kills;
                                               double items_per_second = 0;
                                               const double seconds = seconds_of([&] {
                                                 const killing killer{::getpid()};
                                                 items_per_second = throughput(pool);
                                               });
                                               kills += static_cast<double>(shared().kills - before) / seconds;
                                               return items_per_second;
                                             }});
  figures.note(fmt::format("items of 1 ms on {} workers; killed per second: {:.0f}", workers, kills / (rounds + 1)));
  figures.row("items per second, undisturbed", measured[0], unit::times);
  figures.row("items per second, under fire", measured[1], unit::times);
  figures.row("under fire / undisturbed", measured[1] / measured[0], unit::times, at_least(0.5));
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 10, measure); }
