#include "backends/serial_backend.hpp"

#include "engine/running_item.hpp"
#include "sys/error.hpp"
#include "sys/event_descriptor.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <new>

#include <poll.h>

namespace yoke::detail {

namespace {

constexpr std::align_val_t payload_alignment{64};
// Results of a chunk that was larger than this are not kept as spare room.
constexpr std::size_t kept_room = std::size_t{4} << 20;

std::chrono::nanoseconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace

serial_backend::serial_backend(const worker_hooks& hooks)
    : news_{make_event_descriptor("eventfd for the pool's native_handle")}, hooks_{hooks, this} {
  life_.id = {.seat = 0, .incarnation = 1};
  life_.born = life_.ready = now();
}

void serial_backend::announce(bool now) {
  if (now || !queue_.empty()) signal(news_.get());
}

void serial_backend::hush() { take_signal(news_.get()); }

capabilities serial_backend::describe() const {
  return {.workers = 1,
          .isolates_crashes = false,
          .shares_memory = true,
          .can_kill = false,
          .sees_captures = true,
          .huge_pages = has_huge_pages(false)};
}

std::byte* serial_backend::allocate(std::size_t bytes) {
  return static_cast<std::byte*>(::operator new(bytes, payload_alignment));
}

void serial_backend::release(std::byte* memory, std::size_t /*bytes*/) noexcept {
  ::operator delete(memory, payload_alignment);
}

std::span<const std::byte> serial_backend::common_memory() const {
  const std::scoped_lock hold{arrays_mutex_};
  return arrays_ ? arrays_->range() : std::span<std::byte>{};
}

std::shared_ptr<array_memory> serial_backend::arrays() {
  const std::scoped_lock hold{arrays_mutex_};
  if (!arrays_) {
    const auto home = std::make_shared<segment>(segment::home::process_private);
    arrays_ = std::make_shared<array_memory>(home, byte_range{0, home->size()});
  }
  return arrays_;
}

bool serial_backend::send(const chunk_message& message) {
  queue_.push_back(message);
  return true;
}

std::size_t serial_backend::receive(event_sink& sink) {
  if (queue_.empty()) return 0;
  const worker_state::present here{state_};
  if (stage_ == stage::unborn) {
    if (!hooks_.begin(0, state_)) hooks_.check();
    stage_ = stage::working;
  }
  const chunk_message message = queue_.front();
  queue_.pop_front();

  progress_words progress{};
  const bool timed = level_ == insights_level::items;
  item_timer timer;
  item_marks marks{progress, 0, false, timed ? &timer : nullptr};
  results_.shrink(kept_room);
  chunk_call call{.closure = message.closure,
                  .first = message.first,
                  .count = message.count,
                  .input = message.input,
                  .input_bytes = message.input_bytes,
                  .results = results_,
                  .marks = marks,
                  .cut = &cut_};
  const bool measured = level_ != insights_level::off;
  // A meter of its own each time: any thread may be the one that waits.
  usage_meter meter;
  const thread_usage before = measured ? meter.read(now()) : thread_usage{};
  const auto started = now();
  {
    const running_item running{progress, call};
    if (call.wants(0)) message.entry(call);
  }
  if (timed) timer.end();
  const auto ended = now();
  if (measured) life_.used.add(meter.read(ended).minus(before));
  const bool nudged = cut_.exchange(never_cut) == 0;  // before the event: a nudge from now on is for the next chunk

  const auto written = results_.bytes();
  sink.on_event({.what = chunk_event::kind::finished,
                 .tag = message.tag,
                 .items_done = call.items_done,
                 .results = written.first(call.result_bytes),
                 .error = call.failed ? written.subspan(call.result_bytes) : std::span<const std::byte>{},
                 .nudged = nudged,
                 .started = started,
                 .ended = ended,
                 .life = life_.id,
                 .slowest = timer.slowest()});
  return 1;
}

bool serial_backend::recall(std::uint64_t tag) {
  return std::erase_if(queue_, [&](const chunk_message& message) { return message.tag == tag; }) > 0;
}

void serial_backend::park(std::chrono::nanoseconds at_most, int also) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (at_most - seconds).count()};
  pollfd source{.fd = also, .events = POLLIN, .revents = 0};
  if (ppoll(&source, 1, &limit, nullptr) == -1 && errno != EINTR) throw_errno("ppoll on a job's source");
}

void serial_backend::stop(bool drain) noexcept {
  queue_.clear();
  if (stage_ == stage::working) {
    stage_ = stage::ended;
    const worker_state::present here{state_};
    if (drain) hooks_.end(0);
    state_.clear();
  }
  if (life_.ended.count() == 0) life_.ended = now();
}

serial_backend::~serial_backend() { stop(false); }

}  // namespace yoke::detail
