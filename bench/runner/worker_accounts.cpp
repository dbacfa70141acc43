#include "bench/runner/worker_accounts.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <unistd.h>

namespace yoke::bench {
namespace {

constexpr std::size_t most_spans = 2000;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

double since(const timed& run, std::chrono::nanoseconds moment) {
  return seconds(moment - run.begun.time_since_epoch());
}

/// What a worker's chunks say: when it began the first and ended the last.
struct busy_time {
  double first = 0;
  double last = 0;
};

std::map<int, busy_time> busy_times(const yoke::insights& seen, const timed& run) {
  std::map<int, busy_time> times;
  for (const yoke::chunk_span& span : seen.timeline) {
    const double begin = since(run, span.began);
    const double end = since(run, span.ended);
    const auto [place, is_new] = times.try_emplace(span.worker, busy_time{begin, end});
    if (is_new) continue;
    place->second.first = std::min(place->second.first, begin);
    place->second.last = std::max(place->second.last, end);
  }
  return times;
}

/// A region is idle until the first chunk, waits and works, and has stopped behind the last one.
void divide_time(double region, const busy_time* busy, worker_account& account) {
  if (busy == nullptr) {
    account.idle = region;
    account.wait = account.stop = 0;
    return;
  }
  account.idle = std::clamp(busy->first, 0.0, region);
  account.stop = std::clamp(region - busy->last, 0.0, region);
  account.wait = std::max(0.0, region - account.idle - account.stop - account.work);
}

worker_account account_of(const yoke::worker_insights& worker, double region, const busy_time* busy) {
  worker_account account;
  account.start = seconds(worker.start);
  account.work = std::min(seconds(worker.work), region);
  divide_time(region, busy, account);
  const double cpu = seconds(worker.cpu());
  account.dispatch = std::clamp(cpu - account.work, 0.0, cpu);
  const double inside = cpu > 0 ? 1 - account.dispatch / cpu : 1;
  account.user = inside * seconds(worker.user);
  account.system = inside * seconds(worker.system);
  account.run_queue = seconds(worker.run_queue_wait);
  account.chunks = worker.chunks;
  account.items = worker.items;
  account.voluntary_switches = worker.voluntary_switches;
  account.involuntary_switches = worker.involuntary_switches;
  account.minor_faults = worker.minor_faults;
  account.major_faults = worker.major_faults;
  account.peak_memory = static_cast<double>(worker.peak_memory);
  return account;
}

latencies latencies_of(const std::vector<yoke::chunk_span>& spans) {
  if (spans.empty()) return {};
  std::vector<double> lengths;
  lengths.reserve(spans.size());
  for (const yoke::chunk_span& span : spans) lengths.push_back(seconds(span.ended - span.began));
  std::ranges::sort(lengths);
  const auto at = [&](double share) {
    return lengths[static_cast<std::size_t>(share * static_cast<double>(lengths.size() - 1) + 0.5)];
  };
  return {.p50 = at(0.5), .p90 = at(0.9), .p99 = at(0.99), .longest = lengths.back()};
}

}  // namespace

void account_for(const yoke::insights& seen, const timed& run, bool keeps_spans, repetition& into) {
  const double region = seconds(run.took);
  const auto busy = busy_times(seen, run);
  std::map<int, int> numbers;
  for (const yoke::worker_insights& worker : seen.workers) {
    if (worker.ended && worker.work.count() == 0) continue;
    const auto found = busy.find(worker.worker);
    worker_account account = account_of(worker, region, found == busy.end() ? nullptr : &found->second);
    account.worker = static_cast<int>(into.workers.size());
    account.pid = worker.worker > static_cast<int>(seen.workers.size()) ? worker.worker : 0;
    numbers.emplace(worker.worker, account.worker);
    into.user += seconds(worker.user);
    into.system += seconds(worker.system);
    into.workers.push_back(account);
  }
  into.chunks = seen.chunks_sent;
  into.items_failed = seen.items_failed;
  into.items_rerun = seen.items_rerun;
  into.bytes_in = static_cast<double>(seen.bytes_in);
  into.bytes_out = static_cast<double>(seen.bytes_out);
  into.workers_lost = seen.workers_lost;
  into.chunk = latencies_of(seen.timeline);
  if (!keeps_spans) return;
  for (const yoke::chunk_span& span : seen.timeline) {
    if (into.spans.size() == most_spans) break;
    into.spans.push_back({.worker = numbers[span.worker],
                          .first = span.first,
                          .items = span.count,
                          .begin = since(run, span.began),
                          .end = since(run, span.ended)});
  }
}

worker_account own_account::over(const timed& run, std::uint64_t items) {
  const detail::thread_usage used = meter_.read(detail::monotonic_now()).minus(before_);
  worker_account account;
  account.pid = ::getpid();
  account.start = account.idle = account.wait = account.stop = account.dispatch = 0;
  account.work = seconds(run.took);
  account.user = seconds(run.user);
  account.system = seconds(run.system);
  account.run_queue = seconds(used.run_queue_wait);
  account.chunks = 1;
  account.items = items;
  account.voluntary_switches = used.voluntary_switches;
  account.involuntary_switches = used.involuntary_switches;
  account.minor_faults = used.minor_faults;
  account.major_faults = used.major_faults;
  account.peak_memory = static_cast<double>(used.peak_memory);
  return account;
}

}  // namespace yoke::bench
