#include "backends/thread_backend.hpp"

#include <yoke/errors.hpp>

#include "engine/worker_state.hpp"
#include "queue/worker_end.hpp"
#include "sys/clock.hpp"

#include <csignal>
#include <system_error>

#include <fmt/format.h>

namespace yoke::detail {
namespace {

/// Threads started while one of these lives leave every signal to the threads of the host.
class all_signals_blocked {
 public:
  all_signals_blocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  all_signals_blocked(const all_signals_blocked&) = delete;
  all_signals_blocked& operator=(const all_signals_blocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

thread_backend::thread_backend(std::uint32_t workers, const worker_hooks& hooks)
    : queue_backend{segment::home::process_private, queue_shape::for_workers(workers, 0)}, hooks_{hooks, this} {
  const all_signals_blocked quiet;
  for (std::uint32_t index = 0; index < workers; ++index) {
    layout_.control(index).pid.store(static_cast<std::int32_t>(index));
    layout_.control(index).born.store(monotonic_now().count());
    layout_.control(index).life.store(seat_life{seat_life::live, 1}.pack());
    try {
      threads_.emplace_back(&thread_backend::work, this, index);
    } catch (const std::system_error& error) {
      stop(false);
      throw start_error{fmt::format("only {} of {} worker threads could be started ({}): ask for fewer workers", index,
                                    workers, error.code().message())};
    }
  }
}

thread_backend::~thread_backend() { stop(true); }

capabilities thread_backend::describe() const {
  return {.workers = layout_.shape().workers,
          .isolates_crashes = false,
          .shares_memory = true,
          .can_kill = false,
          .sees_captures = true,
          .huge_pages = has_huge_pages(false)};
}

std::size_t thread_backend::receive(event_sink& sink) {
  if (layout_.supervisor().broken.load() != breakdown::none) hooks_.check();
  return queue_backend::receive(sink);
}

void thread_backend::stop(bool drain) noexcept {
  if (guard_.in_copy()) {
    for (std::thread& absent : threads_) absent.detach();  // fork() copies no threads: nobody is there to be joined
    threads_.clear();
    return;
  }
  if (!drain) in_order_ = false;
  end_.close();
  for (std::thread& worker : threads_) worker.join();
  end_.all_gone();
  threads_.clear();
}

void thread_backend::work(std::uint32_t index) {
  worker_end end{layout_,
                 home_,
                 index,
                 1,
                 {.news = news_.get(), .worker = static_cast<std::int32_t>(index), .own_process = false}};
  worker_state state;
  const worker_state::present here{state};
  const auto number = static_cast<int>(index);
  if (!hooks_.begin(number, state)) {
    layout_.supervisor().broken = breakdown::false_starts;
    nudge();
    return;
  }
  while (end.run_claimed() > 0 || end.wait()) {
  }
  end.leave();
  if (in_order_) hooks_.end(number);
  state.clear();
}

}  // namespace yoke::detail
