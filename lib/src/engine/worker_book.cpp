#include "engine/worker_book.hpp"

#include <algorithm>
#include <utility>

namespace yoke::detail {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds nothing{0};

void add(worker_insights& to, const worker_insights& other) {
  to.lives += other.lives;
  to.chunks += other.chunks;
  to.items += other.items;
  to.start += other.start;
  to.idle += other.idle;
  to.wait += other.wait;
  to.work += other.work;
  to.stop += other.stop;
  to.user += other.user;
  to.system += other.system;
  to.run_queue_wait += other.run_queue_wait;
  to.voluntary_switches += other.voluntary_switches;
  to.involuntary_switches += other.involuntary_switches;
  to.minor_faults += other.minor_faults;
  to.major_faults += other.major_faults;
  to.peak_memory = std::max(to.peak_memory, other.peak_memory);
}

/// A worker may write anything: no thread uses more time than has passed.
nanoseconds plausible(nanoseconds used, nanoseconds most) { return std::clamp(used, nothing, std::max(most, nothing)); }

}  // namespace

void keep_ended(std::vector<worker_insights>& ended, const worker_insights& one) {
  ended.push_back(one);
  if (ended.size() <= most_ended) return;
  ended[1].worker = -1;
  add(ended[1], ended[0]);
  ended.erase(ended.begin());
}

void worker_book::ran(const life_id& who, nanoseconds began, nanoseconds ended, std::uint64_t items) {
  account& mine = open(who);
  const nanoseconds from = std::max({began, mine.counted, since_});
  if (ended > from) {
    mine.work += ended - from;
    mine.counted = ended;
  }
  ++mine.chunks;
  mine.items += items;
}

void worker_book::look(const std::vector<worker_life>& lives) {
  for (const worker_life& life : lives) {
    if (life.ready == nothing) continue;
    account& mine = open(life.id);
    if (!mine.busy_before) mine.busy_before = busy_.at(std::max(life.ready, since_));
  }
  busy_.forget();
}

void worker_book::end(const worker_life& life) {
  keep_ended(ended_, settle(find(life.id), life, life.ended));
  if (life.id.seat < open_.size() && open_[life.id.seat].who == life.id) open_[life.id.seat] = {};
}

std::vector<worker_insights> worker_book::tell(const std::vector<worker_life>& lives, nanoseconds now) const {
  std::vector<worker_insights> all;
  std::vector<worker_insights> gone = ended_;
  for (const worker_life& life : lives) {
    const worker_insights one = settle(find(life.id), life, now);
    if (one.ended) {
      keep_ended(gone, one);
    } else {
      all.push_back(one);
    }
  }
  std::ranges::sort(all, {}, &worker_insights::worker);
  all.insert(all.end(), gone.begin(), gone.end());
  return all;
}

void worker_book::reset(const std::vector<worker_life>& lives, nanoseconds now) {
  open_.clear();
  ended_.clear();
  since_ = now;
  for (const worker_life& life : lives) {
    account& mine = open(life.id);
    mine.counted = now;
    mine.used_before = life.used;
  }
}

worker_book::account& worker_book::open(const life_id& who) {
  if (who.seat >= open_.size()) open_.resize(who.seat + std::size_t{1});
  account& mine = open_[who.seat];
  if (mine.who != who) mine = account{who};
  return mine;
}

worker_book::account worker_book::find(const life_id& who) const {
  if (who.seat < open_.size() && open_[who.seat].who == who) return open_[who.seat];
  return account{who};
}

worker_insights worker_book::settle(const account& with, const worker_life& life, nanoseconds now) const {
  const bool ended = life.ended != nothing;
  const nanoseconds from = std::max(life.born, since_);
  const nanoseconds until = std::max(from, ended ? std::min(life.ended, now) : now);
  const bool started = life.ready != nothing || with.chunks > 0;
  const nanoseconds ready = std::clamp(started ? life.ready : until, from, until);
  const nanoseconds left = std::clamp(life.left != nothing ? life.left : until, ready, until);
  nanoseconds work = with.work;
  if (life.running_since != nothing) {
    work += std::max(nothing, left - std::clamp(life.running_since, std::max(with.counted, ready), left));
  }

  worker_insights told;
  told.worker = life.worker;
  told.ended = ended;
  told.chunks = with.chunks;
  told.items = with.items;
  told.start = ready - from;
  told.stop = until - left;
  told.work = std::clamp(work, nothing, left - ready);
  const nanoseconds busy = busy_.at(left) - (with.busy_before ? *with.busy_before : busy_.at(ready));
  told.wait = std::clamp(busy - told.work, nothing, left - ready - told.work);
  told.idle = left - ready - told.work - told.wait;

  const thread_usage used = life.used.minus(with.used_before);
  const nanoseconds wall = until - from;
  told.user = plausible(used.user, wall);
  told.system = plausible(used.system, wall - told.user);
  told.run_queue_wait = plausible(used.run_queue_wait, wall - told.user - told.system);
  told.voluntary_switches = used.voluntary_switches;
  told.involuntary_switches = used.involuntary_switches;
  told.minor_faults = used.minor_faults;
  told.major_faults = used.major_faults;
  told.peak_memory = used.peak_memory;
  return told;
}

}  // namespace yoke::detail

namespace yoke {
inline namespace v0 {

worker_insights insights::total() const {
  worker_insights sum;
  sum.worker = -1;
  sum.lives = 0;
  for (const worker_insights& one : workers) detail::add(sum, one);
  return sum;
}

}  // namespace v0
}  // namespace yoke
