// One lock that all tasks need, held for all of a task's work: waited for asleep, and waited for busily.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"
#include "bench/workloads/spinning.hpp"

#include <atomic>
#include <system_error>

#include <pthread.h>

namespace yoke::bench {
namespace {

constexpr std::chrono::milliseconds held_for{1};

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 20, 150, 1000); }

struct shared_locks {
  pthread_mutex_t mutex;
  std::atomic<std::uint32_t> busy;
};
std::span<shared_locks> locks;

void prepare(problem_size /*size*/) {
  calibrate_spinning();
  locks = shared_values<shared_locks>(1);
  pthread_mutexattr_t shared;
  ::pthread_mutexattr_init(&shared);
  ::pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  const int error = ::pthread_mutex_init(&locks[0].mutex, &shared);
  ::pthread_mutexattr_destroy(&shared);
  if (error != 0) throw std::system_error{error, std::generic_category(), "a mutex for several processes"};
}

std::uint64_t wait_asleep(problem_size /*size*/, std::uint64_t item) {
  ::pthread_mutex_lock(&locks[0].mutex);
  spin(held_for);
  ::pthread_mutex_unlock(&locks[0].mutex);
  return item;
}

std::uint64_t wait_busily(problem_size /*size*/, std::uint64_t item) {
  while (locks[0].busy.exchange(1, std::memory_order_acquire) != 0) {
    while (locks[0].busy.load(std::memory_order_relaxed) != 0) {
    }
  }
  spin(held_for);
  locks[0].busy.store(0, std::memory_order_release);
  return item;
}

template <item_number item>
workload locked(const char* name, const char* summary, const char* bound) {
  return with_numbers({.name = name, .summary = summary, .family = "hazard", .bound_by = bound, .prepare = prepare},
                      item, tasks, sending::one_by_one);
}

}  // namespace

workload mutex_lock() {
  return locked<wait_asleep>("mutex", "one mutex that every task holds all the time", "lock bound");
}
workload spin_lock() {
  return locked<wait_busily>("spin_lock", "one spin lock that every task holds all the time", "contending for CPUs");
}

}  // namespace yoke::bench
