#include "engine/observation.hpp"

#include <algorithm>

namespace yoke::detail {
namespace {

constexpr std::size_t most_slowest = 10;
constexpr std::size_t longest_timeline = std::size_t{1} << 18;

class life_list final : public life_sink {
 public:
  explicit life_list(backend& workers) { workers.survey(*this); }
  void on_life(const worker_life& life) override { all.push_back(life); }

  std::vector<worker_life> all;
};

void note(std::vector<item_insight>& slowest, const item_insight& one) {
  if (slowest.size() == most_slowest && one.took <= slowest.back().took) return;
  const auto place = std::ranges::upper_bound(slowest, one.took, std::ranges::greater{}, &item_insight::took);
  slowest.insert(place, one);
  if (slowest.size() > most_slowest) slowest.pop_back();
}

}  // namespace

observation::observation(insights_level level) : level_{level}, since_{monotonic_now()}, book_{since_} {}

void observation::job_ended(backend& workers) {
  book_.job_ended(monotonic_now());
  if (book_.needs_look()) book_.look(life_list{workers}.all);
}

void observation::settled(std::uint64_t call, const chunk_message& chunk, const chunk_event& event,
                          std::uint64_t delivered) {
  if (event.what != chunk_event::kind::finished && event.what != chunk_event::kind::lost) return;
  book_.ran(event.life, event.started, event.ended, delivered);
  const auto name = [&](std::uint64_t offset, std::chrono::nanoseconds took) {
    if (event.ended > since_) {
      note(slowest_, {.call = call, .item = chunk.first + offset, .took = took, .worker = event.worker});
    }
  };
  if (level_ == insights_level::items) {
    for (const item_time& one : event.slowest) {
      const bool plausible =
          one.took.count() > 0 && one.took <= event.ended - event.started && one.offset < chunk.count;
      if (plausible) name(one.offset, one.took);
    }
  } else if (chunk.count == 1 && event.ended > event.started) {
    name(0, event.ended - event.started);
  }
  if (level_ < insights_level::timeline || event.ended <= since_) return;
  if (timeline_.size() >= longest_timeline) {
    ++left_out_;
    return;
  }
  timeline_.push_back({.worker = event.worker,
                       .call = call,
                       .first = chunk.first,
                       .count = chunk.count,
                       .done = event.items_done,
                       .began = event.started,
                       .ended = event.ended});
}

yoke::insights observation::tell(backend& workers, const engine_counters& counters) const {
  const auto now = monotonic_now();
  yoke::insights told;
  told.level = level_;
  told.began = since_;
  told.wall = now - since_;
  told.calls = counters.jobs - counted_before_.jobs;
  told.items_done = counters.items_done - counted_before_.items_done;
  told.items_failed = counters.items_failed - counted_before_.items_failed;
  told.items_rerun = counters.items_rerun - counted_before_.items_rerun;
  told.chunks_sent = counters.chunks_sent - counted_before_.chunks_sent;
  told.chunks_rerun = counters.chunks_returned - counted_before_.chunks_returned;
  told.workers_lost = counters.workers_lost - counted_before_.workers_lost;
  told.bytes_in = counters.bytes_in - counted_before_.bytes_in;
  told.bytes_out = counters.bytes_out - counted_before_.bytes_out;
  if (on()) told.workers = book_.tell(life_list{workers}.all, now);
  told.slowest = slowest_;
  told.timeline = timeline_;
  told.left_out = left_out_;
  return told;
}

void observation::reset(backend& workers, const engine_counters& counters) {
  since_ = monotonic_now();
  counted_before_ = counters;
  slowest_.clear();
  timeline_.clear();
  left_out_ = 0;
  if (on()) book_.reset(life_list{workers}.all, since_);
}

void add_insights(yoke::insights& to, const yoke::insights& other) {
  to.level = std::max(to.level, other.level);
  to.calls += other.calls;
  to.items_done += other.items_done;
  to.items_failed += other.items_failed;
  to.items_rerun += other.items_rerun;
  to.chunks_sent += other.chunks_sent;
  to.chunks_rerun += other.chunks_rerun;
  to.workers_lost += other.workers_lost;
  to.bytes_in += other.bytes_in;
  to.bytes_out += other.bytes_out;

  const auto first_ended = std::ranges::find(to.workers, true, &worker_insights::ended);
  std::vector<worker_insights> ended(first_ended, to.workers.end());
  to.workers.erase(first_ended, to.workers.end());
  for (const worker_insights& one : other.workers) keep_ended(ended, one);
  to.workers.insert(to.workers.end(), ended.begin(), ended.end());

  for (const item_insight& one : other.slowest) note(to.slowest, one);
  const std::size_t room = longest_timeline - std::min(longest_timeline, to.timeline.size());
  const std::size_t taken = std::min(room, other.timeline.size());
  to.timeline.insert(to.timeline.end(), other.timeline.begin(),
                     other.timeline.begin() + static_cast<std::ptrdiff_t>(taken));
  to.left_out += other.left_out + (other.timeline.size() - taken);
}

}  // namespace yoke::detail
