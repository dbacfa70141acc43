#include "engine/parcel_job.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace yoke::detail {

namespace {

constexpr std::size_t parcels_per_worker = 32;
// As in bulk_job: memory that is used again at once stays in the caches.
constexpr double heaviest_chunk = 256 << 10;

job_rules rules_of(const parcel_plan& plan) {
  return {.keeps_partial = true,
          .collects_errors = plan.collects_errors,
          .reruns_externals = plan.options.rerun != rerun::never,
          .attempts = static_cast<std::uint32_t>(plan.options.attempts)};
}

}  // namespace

parcel_job::parcel_job(const parcel_plan& plan, backend& workers)
    : job{rules_of(plan)},
      plan_{plan},
      workers_{workers},
      worker_count_{workers.describe().workers},
      most_items_{plan.options.window != 0 ? plan.options.window : std::numeric_limits<std::size_t>::max()},
      most_parcels_{plan.options.window != 0 ? plan.options.window : parcels_per_worker * worker_count_},
      policy_{{.how = plan.options.chunk, .items = chunk_policy::endless, .workers = worker_count_}},
      most_by_count_{std::max<std::size_t>(1, most_items_ / (2 * worker_count_))} {
  policy_.limit(most_by_count_);
}

std::uint64_t parcel_job::wanted() {
  const std::lock_guard lock{mutex_};
  if (finished_ || over_) return 0;
  if (untaken_items_ >= most_items_ || untaken_parcels_ >= most_parcels_) {
    topping_up_ = false;
    return 0;
  }
  if (untaken_parcels_ > 0 && held_bytes_ >= plan_.options.window_bytes) return 0;
  const std::size_t running = untaken_parcels_ - complete_;
  if (!policy_.is_short()) {
    if (running >= policy_.window()) return 0;
  } else {
    const std::size_t most = parcels_per_worker * worker_count_;
    if (running >= most) topping_up_ = false;
    if (running <= most / 2 && untaken_parcels_ <= most_parcels_ / 2 && untaken_items_ <= most_items_ / 2) {
      topping_up_ = true;
    }
    if (!topping_up_) return 0;
  }
  return policy_.next(most_items_ - untaken_items_);
}

void parcel_job::put(std::unique_ptr<parcel> full) {
  const std::lock_guard lock{mutex_};
  const std::size_t items = full->count;
  const std::size_t bytes = full->input.size();
  const std::uint64_t first = full->first;
  places_.push_back({.first = first, .held = std::move(full)});
  ++unsent_;
  ++untaken_parcels_;
  untaken_items_ += items;
  held_bytes_ += bytes;
  weigh(bytes, items);
}

void parcel_job::finish() {
  const std::lock_guard lock{mutex_};
  finished_ = true;
}

bool parcel_job::ready() const {
  const std::lock_guard lock{mutex_};
  if (over_) return true;
  if (!plan_.ordered) return complete_ > 0;
  return !places_.empty() && complete(*places_.front().held);
}

bool parcel_job::is_short() const {
  const std::lock_guard lock{mutex_};
  return policy_.is_short();
}

bool parcel_job::is_over() const {
  const std::lock_guard lock{mutex_};
  return over_;
}

std::unique_ptr<parcel> parcel_job::take() {
  const std::lock_guard lock{mutex_};
  if (gap_) return nullptr;
  if (!plan_.ordered && complete_ > 0) {
    const std::uint64_t first = by_end_.front();
    by_end_.pop_front();
    return take_from(place_of(first));
  }
  if (plan_.ordered && !places_.empty() && complete(*places_.front().held)) return take_from(places_.begin());
  if (!over_) return nullptr;
  const auto partial = std::ranges::find_if(places_, [this](const place& each) {
    return plan_.ordered || (each.held != nullptr && !each.held->arrivals.empty());
  });
  if (partial == places_.end()) return nullptr;
  gap_ = plan_.ordered;
  return take_from(partial);
}

std::unique_ptr<parcel> parcel_job::take_from(const place_list::iterator& from) {
  std::unique_ptr<parcel> taken = std::move(from->held);
  while (!places_.empty() && places_.front().held == nullptr) places_.pop_front();
  if (complete(*taken)) --complete_;
  --untaken_parcels_;
  untaken_items_ -= taken->count;
  held_bytes_ -= taken->input.size() + taken->results.size();
  std::ranges::sort(taken->arrivals, {}, &arrival::first);
  taken->readable = readable_of(*taken);
  taken->settled_ = 0;
  return taken;
}

std::size_t parcel_job::readable_of(const parcel& taken) const {
  if (!plan_.ordered) return taken.arrivals.size();
  std::uint64_t item = taken.first;
  std::size_t readable = 0;
  while (readable < taken.arrivals.size() && taken.arrivals[readable].first == item) {
    item += taken.arrivals[readable++].count;
  }
  return readable;
}

job::supply parcel_job::next(chunk_message& out) {
  if (plan_.closure_bytes > 0 && closure_ == nullptr) {
    std::byte* const memory = workers_.allocate(plan_.closure_bytes);
    std::memcpy(memory, plan_.closure, plan_.closure_bytes);
    closure_ = memory;
  }
  const std::lock_guard lock{mutex_};
  if (unsent_ == 0) return finished_ ? supply::end : supply::idle;
  parcel& from = *places_[places_.size() - unsent_].held;
  if (from.input.size() > 0) {
    from.payload_ = workers_.allocate(from.input.size());
    std::memcpy(from.payload_, from.input.data(), from.input.size());
  }
  out.entry = plan_.entry;
  out.closure = closure_ != nullptr ? closure_ : plan_.closure;
  out.first = from.first;
  out.count = from.count;
  out.deadline = plan_.options.deadline;
  out.guarded = true;
  point(out, from);
  --unsent_;
  return supply::chunk;
}

void parcel_job::prepare(chunk_message& part) {
  const std::lock_guard lock{mutex_};
  point(part, holding(part.first));
}

void parcel_job::point(chunk_message& out, parcel& from) {
  const std::size_t begin = from.begin_of(out.first);
  out.input = from.payload_ == nullptr ? nullptr : from.payload_ + begin;
  out.input_bytes = from.payload_ == nullptr ? 0 : from.input.size() - begin;
  ++from.readers_;
}

void parcel_job::discard(const chunk_message& chunk) noexcept {
  const std::lock_guard lock{mutex_};
  parcel& from = holding(chunk.first);
  --from.readers_;
  if (!complete(from)) return;
  release(from);
  completed(from);
}

void parcel_job::completed(const parcel& what) {
  ++complete_;
  if (!plan_.ordered) by_end_.push_back(what.first);
}

void parcel_job::deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) {
  const std::lock_guard lock{mutex_};
  parcel& into = holding(first);
  const std::size_t offset = into.results.size();
  into.results.append(results.data(), results.size());
  into.arrivals.push_back({.first = first, .count = count, .offset = offset, .bytes = results.size()});
  into.settled_ += count;
  held_bytes_ += results.size();
  weigh(results.size(), count);
}

void parcel_job::fail(std::uint64_t item, std::exception_ptr error) {
  const std::lock_guard lock{mutex_};
  parcel& into = holding(item);
  into.arrivals.push_back({.first = item, .count = 1, .error = std::move(error)});
  ++into.settled_;
}

void parcel_job::observe(std::uint64_t /*first*/, std::uint64_t items, std::chrono::nanoseconds took) {
  const std::lock_guard lock{mutex_};
  policy_.observe(items, took);
}

void parcel_job::close(const std::exception_ptr& /*error*/) noexcept {
  const std::lock_guard lock{mutex_};
  for (const place& each : places_) {
    if (each.held != nullptr) release(*each.held);
  }
  if (closure_ != nullptr) workers_.release(const_cast<std::byte*>(closure_), plan_.closure_bytes);
  closure_ = nullptr;
  over_ = true;
}

std::size_t parcel_job::window() const {
  const std::lock_guard lock{mutex_};
  // Nothing to supply is no reason to be asked again and again: the owner has the engine pumped when there is.
  return unsent_ > 0 || finished_ ? std::numeric_limits<std::size_t>::max() : 0;
}

parcel_job::place_list::iterator parcel_job::place_of(std::uint64_t item) {
  return std::prev(std::ranges::upper_bound(places_, item, {}, &place::first));
}

parcel& parcel_job::holding(std::uint64_t item) { return *place_of(item)->held; }

void parcel_job::release(parcel& from) noexcept {
  if (from.payload_ != nullptr) workers_.release(from.payload_, from.input.size());
  from.payload_ = nullptr;
}

void parcel_job::weigh(std::size_t bytes, std::uint64_t items) {
  const double each = static_cast<double>(bytes) / static_cast<double>(items);
  if (each <= heaviest_item_) return;
  heaviest_item_ = each;
  const double most = std::min(
      heaviest_chunk, static_cast<double>(plan_.options.window_bytes) / static_cast<double>(2 * worker_count_));
  policy_.limit(std::min(most_by_count_, static_cast<std::uint64_t>(std::max(1.0, most / each))));
}

}  // namespace yoke::detail
