#include "engine/engine.hpp"

#include <yoke/detail/call_scope.hpp>

#include "engine/failure.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <span>
#include <stdexcept>
#include <thread>
#include <utility>

namespace yoke::detail {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// A safety net, not a clock: every piece of news ends a park by itself.
constexpr std::chrono::nanoseconds longest_park = 100ms;
// Where nothing will ring: a pending source without a descriptor, or several with one each.
constexpr std::chrono::nanoseconds polling_park = 1ms;
// A sleep takes some 50 us longer than asked for.
constexpr std::chrono::nanoseconds shortest_alone = 50us;
constexpr std::chrono::nanoseconds longest_alone = 500us;

}  // namespace

/// leadership is the right to pump and park, from construction to destruction, under the engine's lock.
class engine::leadership {
 public:
  explicit leadership(engine& of) : of_{of} { of_.led_ = true; }
  leadership(const leadership&) = delete;
  leadership& operator=(const leadership&) = delete;
  ~leadership() {
    of_.led_ = false;
    of_.wake_follower();
    of_.announce();
  }

 private:
  engine& of_;
};

engine::engine(backend& workers, const cancel_switch& cancels)
    : workers_{workers}, cancels_{cancels}, scope_{&workers}, seen_{insights_level::off} {}

engine::engine(backend& workers, const cancel_switch& cancels, observation_plan& watched)
    : engine{workers, cancels, watched, &workers} {}

engine::engine(backend& workers, const cancel_switch& cancels, observation_plan& watched, const void* scope)
    : workers_{workers}, cancels_{cancels}, scope_{scope}, watched_{&watched}, seen_{watched.level} {
  if (seen_.on()) workers_.measure(watched.level);
}

void engine::run(job& work) { run(work, cancels_.asked); }

void engine::run(job& work, std::uint32_t cancels_seen) {
  submit(work, cancels_seen);
  wait(work);
}

void engine::submit(job& work) { submit(work, cancels_.asked); }

void engine::submit(job& work, std::uint32_t cancels_seen) {
  work.cancels_seen_ = cancels_seen;
  workers_.check_original();
  refuse_inside();
  const entrance inside{*this};
  if (broken_) std::rethrow_exception(broken_);
  jobs_.reserve(jobs_.size() + 1);
  show_cut(work);
  jobs_.push_back(&work);
  if (watched_ != nullptr) work.number_ = ++watched_->calls;
  note_work();
  pump();
}

/// Without it workers run the chunks that they hold to their ends.
void engine::show_cut(job& work) {
  try {
    work.shown_cut_ = new (workers_.allocate(sizeof(cut_word))) cut_word{job::no_cut};
  } catch (const std::bad_alloc&) {
  }
}

void engine::refuse_inside() const {
  if (!call_scope::inside(scope_)) return;
  throw std::logic_error("yoke: a task called the pool that runs it; give the task a pool of its own");
}

bool engine::drive(clock::time_point until, const std::function<bool()>& done) {
  workers_.check_original();
  refuse_inside();
  entrance inside{*this};
  while (true) {
    complete(inside.lock());
    if (done()) return true;
    if (until != clock::time_point::max() && clock::now() >= until) return false;
    if (led_) {
      follow(inside.lock(), until, done);
    } else {
      lead(inside.lock(), until, done);
    }
  }
}

void engine::follow(std::unique_lock<std::mutex>& lock, clock::time_point until, const std::function<bool()>& done) {
  follower self{.done = done, .wake = {}};
  followers_.push_back(&self);
  const auto awaited = [&] { return done() || !led_ || completes_here(); };
  if (until == clock::time_point::max()) {
    self.wake.wait(lock, awaited);
  } else {
    self.wake.wait_until(lock, until, awaited);
  }
  std::erase(followers_, &self);
  // It may have been woken to lead, and leave for another reason.
  if (!led_) wake_follower();
}

void engine::lead(std::unique_lock<std::mutex>& lock, clock::time_point until, const std::function<bool()>& done) {
  const leadership lead{*this};
  while (true) {
    pump();
    if (done() || completes_here()) return;
    if (until != clock::time_point::max() && clock::now() >= until) return;
    park(lock, until);
  }
}

void engine::wait(job& work) {
  const auto is_settled = [&work] { return work.settled_; };
  progress_watch* const watch = work.watch();
  std::exception_ptr thrown;
  const auto report = [&](bool last) {
    try {
      watch->report(work.done_, work.failed_, last);
    } catch (...) {
      thrown = std::current_exception();
      work.request_cancel();
    }
  };
  while (!drive(watch != nullptr ? watch->next() : clock::time_point::max(), is_settled)) report(false);
  if (watch != nullptr) report(true);
  if (thrown) std::rethrow_exception(thrown);
  if (work.error_) std::rethrow_exception(work.error_);
}

void engine::check_whole() {
  const entrance inside{*this};
  if (broken_) std::rethrow_exception(broken_);
}

bool engine::settled(const job& work) {
  const entrance inside{*this};
  return work.settled_;
}

engine_counters engine::counters() {
  const entrance inside{*this};
  return counters_;
}

yoke::insights engine::insights() {
  const entrance inside{*this};
  return seen_.tell(workers_, counters_);
}

void engine::reset_insights() {
  const entrance inside{*this};
  seen_.reset(workers_, counters_);
}

void engine::pump(bool receives) {
  const call_scope scope{scope_};
  looks_heeded_ = looks_asked_;
  if (broken_) return wake_done();
  try {
    heed_cancellations();
    heed_end();
    if (!broken_) {
      if (receives) workers_.receive(*this);
      refill();
      workers_.flush();
    }
  } catch (...) {
    break_all(std::current_exception());
  }
  retire_settled();
  note_work();
}

void engine::note_work() {
  if (!seen_.on()) return;
  const bool works = !std::ranges::all_of(jobs_, [](const job* work) { return work->is_idle(); });
  if (works == std::exchange(works_, works)) return;
  if (works) {
    seen_.job_began();
  } else {
    seen_.job_ended(workers_);
  }
}

void engine::park(std::unique_lock<std::mutex>& lock, clock::time_point until) {
  int descriptor = -1;
  std::size_t sent = 0;
  auto at_most = longest_park;
  for (const job* work : jobs_) {
    sent += work->in_flight_;
    if (!work->pending_) continue;
    if (descriptor != -1 || work->descriptor() == -1) at_most = polling_park;
    descriptor = work->descriptor();
  }
  if (sent == 0 && descriptor == -1) at_most = polling_park;
  if (const auto first = std::min(end_at_, until); first != clock::time_point::max()) {
    at_most = std::clamp(first - clock::now(), std::chrono::nanoseconds::zero(), at_most);
  }
  if (broken_) {  // nothing is left to come but what callbacks elsewhere make
    lock.unlock();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(at_most, polling_park));
    return lock.lock();
  }
  if (const auto alone = time_alone(at_most); alone > 0ns) {
    lock.unlock();
    std::this_thread::sleep_for(alone);
    return lock.lock();
  }
  try {
    if (!workers_.arm()) return make_way(lock);
    // Asked for before the bell was armed, so nobody rang it.
    if (anything_cancelled() || looks_asked_ != looks_heeded_) at_most = 0ns;
    for (const job* work : jobs_) at_most = std::min(at_most, work->rest());
    ++counters_.parks;
    lock.unlock();
    workers_.park(at_most, descriptor);
    lock.lock();
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    break_all(std::current_exception());
    retire_settled();
  }
}

/// time_alone is how long nobody has to look at the workers. Half of their backlog: its length is a guess.
std::chrono::nanoseconds engine::time_alone(std::chrono::nanoseconds at_most) const {
  if (workers_.runs_in_receive()) return 0ns;
  const job* busy = nullptr;
  for (const job* work : jobs_) {
    if (work->is_idle()) continue;
    if (busy != nullptr || work->pending_) return 0ns;
    busy = work;
  }
  if (busy == nullptr) return 0ns;
  const auto alone = std::min(busy->backlog(busy->in_flight_) / 2, longest_alone);
  return alone >= shortest_alone && alone <= at_most ? alone : 0ns;
}

void engine::make_way(std::unique_lock<std::mutex>& lock) {
  if (knocking_ == 0) return;
  const std::uint64_t before = entries_;
  entered_.wait(lock, [&] { return entries_ != before || knocking_ == 0; });
}

void engine::wake_follower() {
  // One that is done leaves without leading, and wakes the next one in its turn. Nobody else may have woken it: what it
  // waits for can be made outside the lock.
  if (!followers_.empty()) followers_.front()->wake.notify_one();
}

void engine::wake_done() {
  for (follower* each : followers_) {
    if (each->done()) each->wake.notify_one();
  }
}

void engine::refill() {
  std::size_t idle = 0;
  while (idle < jobs_.size()) {
    turn_ %= jobs_.size();
    const fed outcome = feed(*jobs_[turn_++]);
    if (outcome == fed::no_room) return;
    idle = outcome == fed::sent ? 0 : idle + 1;
  }
}

engine::fed engine::feed(job& work) {
  std::uint64_t item = work.supplied_;
  try {
    if (work.waiting_.empty() && !take_next(work)) return fed::nothing;
    ledger_entry& entry = *ledger_.find(work.waiting_.front());
    item = entry.message.first;
    if (entry.needs_payload) work.prepare(entry.message);
    entry.needs_payload = false;
    entry.message.cut = work.shown_cut_;
    if (!workers_.send(entry.message)) return fed::no_room;
    entry.sent = true;
    work.waiting_.pop_front();
    ++work.in_flight_;
    ++counters_.chunks_sent;
    const std::span input{entry.message.input, entry.message.input_bytes};
    if (!input.empty() && !workers_.shares(input)) counters_.bytes_in += input.size();
    return fed::sent;
  } catch (const std::bad_alloc&) {
    // Payload memory comes back with the next delivery, if there is one to come.
    const bool more_to_come =
        std::any_of(jobs_.begin(), jobs_.end(), [](const job* each) { return each->in_flight_ > 0; });
    if (!more_to_come && work.starved(std::current_exception())) return fed::sent;
    if (!more_to_come) fail_job(work, item, std::current_exception());
  } catch (...) {
    fail_job(work, item, std::current_exception());
  }
  return fed::nothing;
}

bool engine::take_next(job& work) {
  work.pending_ = false;
  if (work.ended_ || work.in_flight_ >= work.window()) return false;
  chunk_message message;
  switch (work.next(message)) {
    case job::supply::pending:
      work.pending_ = true;
      return false;
    case job::supply::idle:
      return false;
    case job::supply::end:
      work.ended_ = true;
      return false;
    case job::supply::chunk:
      break;
  }
  work.supplied_ = message.first + message.count;
  try {
    enter(work, message);
  } catch (...) {
    work.discard(message);
    fail_job(work, message.first, std::current_exception());
    return false;
  }
  return true;
}

ledger_entry& engine::enter(job& work, const chunk_message& message) {
  ledger_entry& entry = ledger_.add(work, message);
  try {
    work.waiting_.push_back(entry.message.tag);
  } catch (...) {
    ledger_.remove(entry.message.tag);
    throw;
  }
  return entry;
}

void engine::retire_settled() {
  for (std::size_t i = 0; i < jobs_.size();) {
    job& work = *jobs_[i];
    if (!work.ended_ || !work.waiting_.empty() || work.in_flight_ != 0) {
      ++i;
      continue;
    }
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
    ++counters_.jobs;
    work.close(work.error_);
    if (work.shown_cut_ != nullptr) workers_.release(reinterpret_cast<std::byte*>(work.shown_cut_), sizeof(cut_word));
    work.shown_cut_ = nullptr;
    work.settled_ = true;
  }
  wake_done();
}

void engine::break_all(std::exception_ptr error) {
  broken_ = error;
  // Whoever still runs a chunk uses memory that the jobs are about to give up.
  workers_.stop(false);
  for (job* work : jobs_) {
    if (!work->error_) work->error_ = error;
    for (const std::uint64_t tag : ledger_.all_of(*work)) forget(tag, work->error_);
    work->waiting_.clear();
    work->in_flight_ = 0;
    work->ended_ = true;
  }
}

void engine::forget(std::uint64_t tag, const std::exception_ptr& error) {
  const ledger_entry entry = *ledger_.find(tag);
  ledger_.remove(tag);
  if (!entry.needs_payload) entry.owner->discard(entry.message);
  entry.owner->abandon(entry.message, error);
}

}  // namespace yoke::detail
