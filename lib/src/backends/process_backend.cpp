#include "backends/process_backend.hpp"

#include <yoke/errors.hpp>

#include "queue/queue_damaged.hpp"
#include "sys/clock.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::milliseconds supervisor_check{50};
constexpr std::chrono::milliseconds inspection_interval{50};
constexpr int worker_end_ms = 2000;
constexpr std::uint32_t most_fresh_starts = 3;
constexpr int most_replacements = 3;

// A dead worker's seat is free again only after the coordinator has looked at it; replacements need seats before that.
std::uint32_t spares(std::uint32_t workers) { return std::max<std::uint32_t>(4, workers); }

void require_single_thread() {
  if (is_single_threaded()) return;
  throw start_error{
      "a process pool is made by fork(), which is safe only while the program has one thread: construct the pool "
      "before any thread is started, or with yoke::start::exec, or use yoke::backend::threads"};
}

std::vector<image_note> images_of_now() {
  std::vector<image_note> notes;
  for (const image_identity& image : loaded_images()) notes.push_back({.image = image});
  return notes;
}

}  // namespace

process_backend::process_backend(process_setup setup)
    : queue_backend{segment::home::shared, queue_shape::for_workers(setup.workers, spares(setup.workers))},
      setup_{std::move(setup)} {
  if (setup_.how == start::fork) require_single_thread();
  if (setup_.how == start::exec) {
    images_ = images_of_now();
    share(setup_.hooks.initializer, setup_.initializer_bytes);
    share(setup_.hooks.finalizer, setup_.finalizer_bytes);
  }
  end_.keep_results(setup_.hooks.keeps_results);
  team_ = start_team();
}

void process_backend::share(hook& called, std::size_t bytes) {
  if (called.entry == nullptr) return;
  std::byte* const copy = allocate(bytes);  // for the life of the segment
  std::memcpy(copy, called.callable, bytes);
  called.callable = copy;
}

process_backend::~process_backend() { stop(false); }

std::unique_ptr<process_team> process_backend::start_team() {
  const worker_plan plan{.layout = &layout_,
                         .home = &home_,
                         .news = news_.get(),
                         .limits = setup_.limits,
                         .hooks = setup_.hooks,
                         .environment = &setup_.environment,
                         .lent = setup_.lent.get()};
  if (setup_.how == start::fork) return std::make_unique<process_team>(plan);

  const std::size_t bytes = images_.size() * sizeof(image_note);
  std::byte* const memory = allocate(bytes);
  const auto give_back = [&](std::byte* block) { release(block, bytes); };
  const std::unique_ptr<std::byte, decltype(give_back)> block{memory, give_back};
  const std::span notes{reinterpret_cast<image_note*>(memory), images_.size()};
  std::uninitialized_copy(images_.begin(), images_.end(), notes.begin());
  auto team = std::make_unique<process_team>(plan, program_to_start{.file = setup_.program, .images = notes});
  for (std::size_t index = 0; index < images_.size(); ++index) images_[index].found = notes[index].found;
  return team;
}

capabilities process_backend::describe() const {
  return {.workers = layout_.shape().workers,
          .isolates_crashes = true,
          .shares_memory = false,
          .can_kill = true,
          .sees_captures = setup_.how == start::fork,
          .huge_pages = has_huge_pages(true)};
}

bool process_backend::has_code(std::uintptr_t address) const {
  return setup_.how == start::fork || std::any_of(images_.begin(), images_.end(), [address](const image_note& note) {
           return note.found == image_note::same && note.image.begin <= address && address < note.image.end;
         });
}

void process_backend::flush() {
  end_.flush();
  if (end_.wants_watch()) team_->order({.what = supervisor_order::kind::look});
}

bool process_backend::interrupt(std::uint64_t tag, std::uint64_t offset) {
  const auto place = end_.running_now(tag);
  if (!place || (place->word & (progress_words::ended_bit | progress_words::offset_mask)) != offset) return false;
  interrupt_at(*place);
  return true;
}

void process_backend::interrupt(std::uint64_t tag) {
  if (const auto place = end_.running_now(tag)) interrupt_at(*place);
}

void process_backend::interrupt_at(const coordinator_end::place& at) {
  if ((at.word & progress_words::ended_bit) != 0) return;  // the chunk ends before the item
  team_->order(
      {.what = supervisor_order::kind::interrupt, .seat = at.seat, .incarnation = at.incarnation, .word = at.word});
}

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
  for (int left = most_replacements; supervisor_lost_.exchange(false);) {
    try {
      replace_supervisor();
    } catch (const start_error&) {
      if (--left == 0) throw;
      supervisor_lost_ = true;  // somebody killed the new one before it was up
    }
  }
  std::size_t events = end_.collect(sink);
  if (end_.deaths_unseen()) {
    events += end_.recover(sink);
    if (layout_.supervisor().starved.load()) team_->order({.what = supervisor_order::kind::seat_freed});
  }
  if (const breakdown why = layout_.supervisor().broken.load(); why != breakdown::none) {
    events += end_.recover(sink);
    if (why == breakdown::false_starts) std::rethrow_exception(error_of(end_.false_start()));
    throw pool_broken{"workers keep dying before they finish any work: the pool starts no more of them"};
  }
  return events;
}

void process_backend::park(std::chrono::nanoseconds at_most, int also) {
  const bool woken = end_.park(std::min<std::chrono::nanoseconds>(at_most, supervisor_check), also);
  if (!woken && !team()->alive()) supervisor_lost_ = true;
}

void process_backend::nudge() noexcept {
  if (!guard_.in_copy()) queue_backend::nudge();
}

void process_backend::inspect_when_quiet(bool news) {
  const auto now = monotonic_now();
  if (!news && now - last_look_ < inspection_interval) return;
  last_look_ = now;
  if (news) return;
  if (!team_->alive()) supervisor_lost_ = true;  // nobody may be parking
  end_.inspect();
}

std::size_t process_backend::start_over(const std::string& reason, event_sink& sink) {
  team_->stop(false);
  end_.all_gone();
  end_.bury(sink);
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
        if (!readable_within(worker, worker_end_ms)) {
          throw pool_broken{"the pool's supervisor process died, and a worker outlived it"};
        }
        reap(worker);
      } catch (const std::system_error&) {
        // No such process: gone already.
      }
    }
    control.signal.store(SIGKILL);
    control.exit_status.store(0);
    control.ended.store(monotonic_now().count());
    control.life.store(seat_life{seat_life::dead, life.incarnation}.pack(), std::memory_order_release);
    layout_.supervisor().deaths.fetch_add(1);
  }
  team_->disown();
  replace_team("the pool's supervisor process died");
}

void process_backend::replace_team(const std::string& reason) {
  if (setup_.how == start::fork && !is_single_threaded()) {
    throw pool_broken{reason +
                      ", so its processes were ended, and new ones can be forked only while the program has one "
                      "thread: construct a new pool (one with yoke::start::exec has no such limit)"};
  }
  std::shared_ptr<process_team> fresh = start_team();
  const std::scoped_lock hold{team_mutex_};
  team_ = std::move(fresh);
  supervisor_lost_ = false;
}

std::shared_ptr<process_team> process_backend::team() const {
  const std::scoped_lock hold{team_mutex_};
  return team_;
}

void process_backend::stop(bool drain) noexcept {
  if (!team_) return;
  if (guard_.in_copy()) {
    team_->disown();
    return;
  }
  if (drain) end_.close();
  team_->stop(drain, setup_.hooks.time_to_end());
  end_.all_gone();
  end_.hear_all();
}

}  // namespace yoke::detail
