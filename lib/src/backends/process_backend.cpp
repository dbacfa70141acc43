#include "backends/process_backend.hpp"

#include <yoke/errors.hpp>

#include "queue/queue_damaged.hpp"
#include "sys/clock.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>
#include <poll.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::milliseconds supervisor_check{50};
constexpr std::chrono::milliseconds inspection_interval{50};
constexpr int worker_end_ms = 2000;
constexpr std::uint32_t most_fresh_starts = 3;

// A dead worker's seat is free again only after the coordinator has looked at it; replacements need seats before that.
std::uint32_t spares(std::uint32_t workers) { return std::max<std::uint32_t>(4, workers); }

void require_single_thread() {
  if (is_single_threaded()) return;
  throw start_error{
      "a process pool is made by fork(), which is safe only while the program has one thread: construct the pool "
      "before any thread is started, or use yoke::backend::threads"};
}

}  // namespace

process_backend::process_backend(std::uint32_t workers, const worker_limits& limits)
    : queue_backend{segment::home::shared, queue_shape::for_workers(workers, spares(workers))},
      limits_{limits},
      guard_{home_} {
  require_single_thread();
  team_ = std::make_unique<process_team>(plan());
}

process_backend::~process_backend() { stop(false); }

worker_plan process_backend::plan() {
  return {.layout = &layout_, .home = &home_, .news = news_.get(), .limits = limits_};
}

capabilities process_backend::describe() const {
  return {.workers = layout_.shape().workers, .isolates_crashes = true, .shares_memory = false, .can_kill = true};
}

void process_backend::flush() {
  end_.flush();
  if (end_.wants_watch()) team_->order({.what = supervisor_order::kind::look});
}

bool process_backend::interrupt(std::uint64_t tag) {
  const auto place = end_.running_now(tag);
  if (!place) return false;
  team_->order({.what = supervisor_order::kind::interrupt,
                .seat = place->seat,
                .incarnation = place->incarnation,
                .word = place->word});
  return true;
}

void process_backend::check_original() const { guard_.check(); }

std::size_t process_backend::receive(event_sink& sink) {
  try {
    const std::size_t events = take_news(sink);
    if (events > 0) fresh_starts_ = 0;
    inspect_when_quiet(events > 0);
    return events;
  } catch (const queue_damaged& damage) {
    if (++fresh_starts_ > most_fresh_starts) {
      throw pool_broken{
          fmt::format("a task keeps writing over the pool's shared memory ({}): find its wild pointer, "
                      "for instance with AddressSanitizer and yoke::backend::serial",
                      damage.what())};
    }
    return start_over(damage.what(), sink);
  }
}

std::size_t process_backend::take_news(event_sink& sink) {
  if (supervisor_lost_.exchange(false)) replace_supervisor();
  std::size_t events = end_.collect(sink);
  if (end_.deaths_unseen()) {
    events += end_.recover(sink);
    if (layout_.supervisor().starved.load()) team_->order({.what = supervisor_order::kind::seat_freed});
  }
  if (layout_.supervisor().broken.load()) {
    throw pool_broken{"workers keep dying before they finish any work: the pool starts no more of them"};
  }
  return events;
}

void process_backend::park(std::chrono::nanoseconds at_most, int also) {
  const bool woken = end_.park(std::min<std::chrono::nanoseconds>(at_most, supervisor_check), also);
  if (!woken && !team_->alive()) supervisor_lost_ = true;
}

void process_backend::nudge() noexcept {
  if (!guard_.in_copy()) queue_backend::nudge();
}

void process_backend::inspect_when_quiet(bool news) {
  const auto now = monotonic_now();
  if (!news && now - last_look_ < inspection_interval) return;
  last_look_ = now;
  if (!news) end_.inspect();
}

std::size_t process_backend::start_over(const std::string& reason, event_sink& sink) {
  team_->stop(false);
  const std::size_t chunks = end_.in_flight();
  const queue_layout::range control = layout_.control_range();
  home_.punch(control.offset, control.bytes);
  home_.commit(control.offset, control.bytes);
  layout_.construct();
  end_.start_over(sink);
  replace_team(reason);
  return chunks;
}

void process_backend::replace_supervisor() {
  // Workers die with their supervisor. Once they are gone for certain, their seats are recovered like any other.
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    seat_control& control = layout_.control(index);
    const auto life = seat_life::unpack(control.life.load(std::memory_order_acquire));
    if (life.what != seat_life::live) continue;
    if (const pid_t pid = control.pid.load(); pid > 0) {
      try {
        const file_descriptor worker = pidfd_open(pid);
        pollfd watched{worker.get(), POLLIN, 0};
        if (::poll(&watched, 1, worker_end_ms) == 0) {
          throw pool_broken{"the pool's supervisor process died, and a worker outlived it"};
        }
      } catch (const std::system_error&) {
        // No such process: gone already.
      }
    }
    control.signal.store(SIGKILL);
    control.exit_status.store(0);
    control.life.store(seat_life{seat_life::dead, life.incarnation}.pack(), std::memory_order_release);
    layout_.supervisor().deaths.fetch_add(1);
  }
  team_->disown();
  replace_team("the pool's supervisor process died");
}

void process_backend::replace_team(const std::string& reason) {
  if (!is_single_threaded()) {
    throw pool_broken{reason +
                      ", so its processes were ended, and new ones can be forked only while the program has one "
                      "thread: construct a new pool"};
  }
  team_ = std::make_unique<process_team>(plan());
}

void process_backend::stop(bool drain) noexcept {
  if (!team_) return;
  if (guard_.in_copy()) {
    team_->disown();
    return;
  }
  if (drain) end_.close();
  team_->stop(drain);
}

}  // namespace yoke::detail
