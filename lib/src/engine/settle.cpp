#include "engine/blame.hpp"
#include "engine/engine.hpp"
#include "engine/failure.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace yoke::detail {

void engine::on_event(const chunk_event& event) {
  const ledger_entry* entry = ledger_.find(event.tag);
  if (entry == nullptr || !entry->sent) {
    ++counters_.stray_events;
    return;
  }
  const ledger_entry settled = *entry;
  job& work = *settled.owner;
  ledger_.remove(event.tag);
  --work.in_flight_;
  counters_.busy += event.ended - event.started;

  const std::uint64_t delivered_before = counters_.items_done;
  bool carried = false;
  try {
    if (event.items_done > settled.message.count) {
      throw std::logic_error("yoke: a worker reported more items than its chunk has");
    }
    switch (event.what) {
      case chunk_event::kind::finished:
        carried = on_finished(settled, event);
        break;
      case chunk_event::kind::lost:
        carried = on_lost(settled, event);
        break;
      case chunk_event::kind::returned:
        ++counters_.chunks_returned;
        carried = again(settled, settled.message.first, settled.message.count, settled.deaths, settled.message.alone);
        break;
      case chunk_event::kind::unknown:
        carried = on_unknown(settled, event);
        break;
    }
  } catch (...) {
    fail_job(work, settled.message.first, std::current_exception());
  }
  if (!carried) work.discard(settled.message);
  if (seen_.on()) seen_.settled(work.number_, settled.message, event, counters_.items_done - delivered_before);
}

bool engine::on_finished(const ledger_entry& settled, const chunk_event& event) {
  job& work = *settled.owner;
  const chunk_message& chunk = settled.message;
  const std::uint64_t item = chunk.first + event.items_done;
  if (event.items_done > 0) work.observe(chunk.first, event.items_done, event.ended - event.started);

  if (event.error.empty() && !event.failed) {
    if (event.items_done < chunk.count) return on_stopped(settled, event);
    deliver(work, chunk.first, chunk.count, event.results);
    return false;
  }
  if (event.items_done == chunk.count) throw std::logic_error("yoke: a worker reported an error behind its chunk");
  if (divided(settled)) return true;
  const span_of_items blamed = blamed_part(settled, event.items_done);
  salvage(settled, event, blamed, work.rules().collects_errors);
  fail_item(work, item, task_failure_error(event.error, work.index_in_call(item), event.worker));
  again_behind(settled, blamed);
  return false;
}

/// A worker has left its last items: they are not wanted any more, others should have a turn first, or this engine is
/// to look at what is new.
bool engine::on_stopped(const ledger_entry& settled, const chunk_event& event) {
  job& work = *settled.owner;
  const job_rules& rules = work.rules();
  const chunk_message& chunk = settled.message;
  const bool may_leave = event.nudged || (rules.leaves_items && event.items_done > 0);
  if (event.nudged) heed_cancellations();
  if (!may_leave && chunk.first + event.items_done < work.cut_) {
    throw std::logic_error("yoke: a worker left items of its chunk out");
  }
  const std::uint64_t kept = rules.keeps_partial ? event.items_done : 0;
  if (kept > 0) deliver(work, chunk.first, kept, event.results);
  chunk_message rest = chunk;
  rest.first += kept;
  rest.count -= kept;
  if (rest.first >= work.cut_) {
    work.abandon(rest, work.error_);
    return false;
  }
  if (kept > 0) return again(settled, rest.first, rest.count);
  return again(settled, rest.first, rest.count, settled.deaths, chunk.alone);
}

bool engine::on_lost(const ledger_entry& settled, const chunk_event& event) {
  job& work = *settled.owner;
  const chunk_message& chunk = settled.message;
  const std::uint64_t item = chunk.first + event.items_done;
  ++counters_.workers_lost;

  if (event.items_done == chunk.count) {
    if (!work.rules().keeps_partial) return again(settled, chunk.first, chunk.count, settled.deaths);
    deliver(work, chunk.first, chunk.count, event.results);
    return false;
  }
  const span_of_items blamed = blamed_part(settled, event.items_done);
  death_count deaths = settled.deaths;  // of this very part: one that has been blamed is a chunk of its own
  const ruling decision = rule_on(deaths, event.signal, event.cause, work.rules_for(item));
  const bool suspect = is_crash(event.signal, event.cause) || decision == ruling::again_alone;
  if (suspect && divided(settled)) return true;
  const bool goes_on = decision != ruling::fail || work.rules().collects_errors;
  salvage(settled, event, blamed, goes_on);
  bool carried = false;
  if (decision == ruling::fail) {
    fail_item(work, item, loss_error(work.index_in_call(item), chunk, event, deaths));
  } else {
    ++counters_.items_rerun;
    carried = again(settled, blamed.first, blamed.count, deaths, decision == ruling::again_alone);
  }
  again_behind(settled, blamed);
  return carried;
}

bool engine::on_unknown(const ledger_entry& settled, const chunk_event& event) {
  const chunk_message& chunk = settled.message;
  ++counters_.chunks_returned;
  job& work = *settled.owner;
  if (work.rules_for(chunk.first).reruns_externals) {
    return again(settled, chunk.first, chunk.count, settled.deaths, chunk.alone);
  }
  chunk_event killed = event;
  killed.signal = SIGKILL;
  for (std::uint64_t item = chunk.first; item < chunk.first + chunk.count; ++item) {
    fail_item(work, item, loss_error(work.index_in_call(item), chunk, killed, {.external = 1}));
  }
  return false;
}

bool engine::divided(const ledger_entry& settled) {
  job& work = *settled.owner;
  const chunk_message& chunk = settled.message;
  if (chunk.count != 1 || chunk.first >= work.cut_ || !work.divide(chunk)) return false;
  ++counters_.chunks_divided;
  return true;
}

engine::span_of_items engine::blamed_part(const ledger_entry& settled, std::uint64_t items_done) {
  const job_rules& rules = settled.owner->rules();
  const chunk_message& chunk = settled.message;
  if (rules.keeps_partial) return {.first = chunk.first + items_done, .count = 1};
  const std::uint64_t whole_grains = items_done - items_done % rules.grain;
  return {.first = chunk.first + whole_grains, .count = std::min(rules.grain, chunk.count - whole_grains)};
}

void engine::salvage(const ledger_entry& settled, const chunk_event& event, const span_of_items& blamed, bool goes_on) {
  job& work = *settled.owner;
  const std::uint64_t first = settled.message.first;
  if (blamed.first == first) return;
  if (work.rules().keeps_partial) {
    deliver(work, first, event.items_done, event.results);
  } else if (goes_on) {
    again(settled, first, blamed.first - first);
  }
}

void engine::again_behind(const ledger_entry& settled, const span_of_items& blamed) {
  const std::uint64_t behind = blamed.first + blamed.count;
  const std::uint64_t end = settled.message.first + settled.message.count;
  if (behind < end) again(settled, behind, end - behind);
}

bool engine::again(const ledger_entry& whole, std::uint64_t first, std::uint64_t count, const death_count& deaths,
                   bool alone) {
  job& work = *whole.owner;
  if (first >= work.cut_) return false;
  const bool carried = first == whole.message.first && count == whole.message.count;
  chunk_message message = whole.message;
  message.first = first;
  message.count = count;
  message.attempt = deaths.external + deaths.crashes + 1;
  message.alone = alone;
  message.resent = carried;
  if (!carried) {
    message.input = nullptr;
    message.input_bytes = 0;
  }
  ledger_entry& entry = enter(work, message);
  entry.deaths = deaths;
  entry.needs_payload = !carried;
  return carried;
}

void engine::deliver(job& work, std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) {
  work.deliver(first, count, results);
  counters_.items_done += count;
  counters_.bytes_out += results.size();
  work.done_.fetch_add(count, std::memory_order_relaxed);
}

void engine::fail_item(job& work, std::uint64_t item, std::exception_ptr error) {
  ++counters_.items_failed;
  work.failed_.fetch_add(1, std::memory_order_relaxed);
  if (work.rules().collects_errors) {
    work.fail(item, std::move(error));
  } else {
    fail_job(work, item, std::move(error));
  }
}

void engine::fail_job(job& work, std::uint64_t item, std::exception_ptr error) {
  if (item < work.cut_) work.error_ = std::move(error);
  cut(work, item);
}

void engine::cut(job& work, std::uint64_t item) {
  work.ended_ = true;
  if (item >= work.cut_) return;
  work.cut_ = item;
  if (work.shown_cut_ != nullptr) work.shown_cut_->store(item, std::memory_order_relaxed);
  withdraw(work, item, work.error_);
}

}  // namespace yoke::detail
