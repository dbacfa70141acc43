// What crash safety costs the queue, in nanoseconds per chunk: each of its parts alone, and a whole chunk against a
// queue without any of them.
#include "bench/support/google_table.hpp"
#include "memory/segment.hpp"
#include "queue/checksum.hpp"
#include "queue/coordinator_end.hpp"
#include "queue/queue_layout.hpp"
#include "queue/worker_end.hpp"
#include "sys/robust_mutex.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <fmt/core.h>

namespace {

using namespace yoke::detail;
using namespace yoke::bench;

constexpr int repetitions = 9;
constexpr std::size_t large = 64 << 10;  // bytes

void plain_lock(benchmark::State& state) {
  pthread_mutexattr_t shared;
  ::pthread_mutexattr_init(&shared);
  ::pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_mutex_t mutex;
  ::pthread_mutex_init(&mutex, &shared);
  for (auto _ : state) {
    ::pthread_mutex_lock(&mutex);
    benchmark::ClobberMemory();
    ::pthread_mutex_unlock(&mutex);
  }
  ::pthread_mutex_destroy(&mutex);
  ::pthread_mutexattr_destroy(&shared);
}

void robust_lock(benchmark::State& state) {
  const auto mutex = std::make_unique<robust_mutex>();
  for (auto _ : state) {
    benchmark::DoNotOptimize(mutex->lock_for(std::chrono::seconds{1}));
    benchmark::ClobberMemory();
    mutex->unlock();
  }
}

void intent(benchmark::State& state) {
  shared_word word{0};
  for (auto _ : state) {
    word.store(hint{1, 2, false}.pack(), std::memory_order_release);
    benchmark::ClobberMemory();
    word.store(0, std::memory_order_release);
    benchmark::ClobberMemory();
  }
}

void state_words(benchmark::State& state) {
  shared_word word{0};
  std::uint32_t generation = 0;
  for (auto _ : state) {
    word.store(state_word{chunk_state::ready, 0, 0, 1, generation}.pack(), std::memory_order_release);
    for (const auto next : {chunk_state::claimed, chunk_state::done}) {
      std::uint64_t current = word.load(std::memory_order_acquire);
      state_word changed = state_word::unpack(current);
      changed.state = next;
      changed.seat = 3;
      benchmark::DoNotOptimize(word.compare_exchange_strong(current, changed.pack()));
    }
    generation = state_word::next_generation(generation);
    word.store(state_word{chunk_state::free, 0, 0, 0, generation}.pack(), std::memory_order_release);
  }
}

void checksum(benchmark::State& state, std::size_t bytes) {
  const std::vector<std::byte> results(bytes, std::byte{1});
  done_record record{};
  for (auto _ : state) {
    ++record.hint;
    benchmark::DoNotOptimize(checksum_of(record, results));
  }
}

void answer_item(chunk_call& call) {
  call.marks.begin(0, 0);
  call.results.append(&call.first, sizeof call.first);
  call.items_done = call.count;
  call.result_bytes = call.results.size();
}

class event_counter final : public event_sink {
 public:
  void on_event(const chunk_event& event) override {
    std::uint64_t number = 0;
    std::memcpy(&number, event.results.data(), sizeof number);
    sum += number;
  }
  std::uint64_t sum = 0;
};

/// Both ends of the queue, driven by one thread: no wake-up is in the figure, which would hide everything else.
void whole_chunk(benchmark::State& state, bool as_process) {
  segment home{segment::home::process_private, std::size_t{1} << 30};
  const queue_layout layout{home.base(), home.size(), {.workers = 1, .seats = 1, .slots = 64}};
  layout.construct();
  coordinator_end coordinator{layout, -1, as_process};
  layout.control(0).life = seat_life{seat_life::live, 1}.pack();
  worker_end worker{layout, home, 0, 1, {.own_process = as_process}};
  event_counter events;
  chunk_message message;
  message.entry = &answer_item;
  message.count = 1;
  for (auto _ : state) {
    ++message.first;
    message.tag = message.first;
    coordinator.send(message);
    worker.run_claimed();
    coordinator.collect(events);
  }
  benchmark::DoNotOptimize(events.sum);
}

/// The same work through a queue that a SIGKILL would ruin: a plain lock, a head, a tail, results in place.
void plain_chunk(benchmark::State& state) {
  struct plain_slot {
    chunk_entry entry;
    std::uint64_t first;
    std::uint64_t result;
  };
  struct plain_queue {
    alignas(64) std::mutex lock;
    alignas(64) std::uint64_t head = 0;
    alignas(64) std::uint64_t tail = 0;
    alignas(64) std::array<plain_slot, 64> ring{};
  };
  const auto queue = std::make_unique<plain_queue>();
  std::uint64_t sum = 0;
  std::uint64_t first = 0;
  for (auto _ : state) {
    {
      const std::lock_guard held{queue->lock};
      queue->ring[queue->tail++ % 64] = {&answer_item, ++first, 0};
    }
    plain_slot* mine = nullptr;
    {
      const std::lock_guard held{queue->lock};
      mine = &queue->ring[queue->head++ % 64];
    }
    benchmark::DoNotOptimize(mine->entry);
    mine->result = mine->first;
    {
      const std::lock_guard held{queue->lock};
      sum += mine->result;
    }
  }
  benchmark::DoNotOptimize(sum);
}

template <class Function, class... Arguments>
void add(const std::string& name, Function function, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), function, arguments...)->Repetitions(repetitions);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add("plain shared lock and unlock", plain_lock);
  add("robust lock and unlock", robust_lock);
  add("an intent, written and cleared", intent);
  add("state words of one chunk", state_words);
  add("checksum of 8 bytes", checksum, std::size_t{8});
  add("checksum of 64 KiB", checksum, large);
  add("a chunk through a plain queue", plain_chunk);
  add("a chunk through the queue, thread", whole_chunk, false);
  add("a chunk through the queue, process", whole_chunk, true);
  const table figures{"bench_price: what crash safety costs, both ends of the queue in one thread",
                      "./dev bench price [--benchmark_filter=REGEX]"};
  google_table reporter{figures};
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
