#include "queue/worker_account.hpp"

#include "sys/clock.hpp"

#include <algorithm>

namespace yoke::detail {
namespace {

constexpr std::chrono::microseconds between_reports{50};
constexpr std::uint64_t most = std::uint64_t{1} << 60;  // ns: 36 years

std::uint64_t bounded(const worker_account::word& word) { return std::min(word.load(std::memory_order_relaxed), most); }
std::chrono::nanoseconds time(const worker_account::word& word) {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(bounded(word))};
}

void put(worker_account::word& word, std::uint64_t value) { word.store(value, std::memory_order_relaxed); }
void put(worker_account::word& word, std::chrono::nanoseconds value) {
  put(word, static_cast<std::uint64_t>(value.count()));
}

}  // namespace

void worker_account::read(worker_life& life) const {
  life.ready = time(ready);
  life.running_since = time(running_since);
  life.left = time(left);
  life.used = {.user = time(user),
               .system = time(system),
               .run_queue_wait = time(run_queue_wait),
               .voluntary_switches = bounded(voluntary_switches),
               .involuntary_switches = bounded(involuntary_switches),
               .minor_faults = bounded(minor_faults),
               .major_faults = bounded(major_faults),
               .peak_memory = bounded(peak_memory)};
}

void account_keeper::looks_for_work() {
  if (looked_) return;
  looked_ = true;
  put(account_.ready, monotonic_now());
}

void account_keeper::begin(std::chrono::nanoseconds now) { put(account_.running_since, now); }

void account_keeper::end(std::chrono::nanoseconds now) {
  unreported_ = true;
  if (now - reported_ >= between_reports) report(now);
}

void account_keeper::rests() {
  if (unreported_) report(monotonic_now());
}

void account_keeper::leaves() {
  if (level() == insights_level::off) return;
  const auto now = monotonic_now();
  report(now);
  put(account_.left, now);
}

void account_keeper::report(std::chrono::nanoseconds now) {
  const thread_usage used = meter_.read(now);
  put(account_.user, used.user);
  put(account_.system, used.system);
  put(account_.run_queue_wait, used.run_queue_wait);
  put(account_.voluntary_switches, used.voluntary_switches);
  put(account_.involuntary_switches, used.involuntary_switches);
  put(account_.minor_faults, used.minor_faults);
  put(account_.major_faults, used.major_faults);
  put(account_.peak_memory, used.peak_memory);
  reported_ = now;
  unreported_ = false;
}

}  // namespace yoke::detail
