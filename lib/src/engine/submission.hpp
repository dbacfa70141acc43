#pragma once

#include <yoke/detail/task.hpp>
#include <yoke/options.hpp>

#include "engine/cancel_switch.hpp"
#include "engine/engine.hpp"
#include "engine/heap_sink.hpp"
#include "engine/job.hpp"
#include "engine/task_batch.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>

namespace yoke::detail {

/// submission is the one job that all tasks of a pool's submit are items of: it packs tasks that are short into common
/// chunks, and settles their futures.
///
/// Tasks come in through a lock-free stack, from any thread. Everything else happens under the engine's lock. A task
/// travels alone until its type is known to be short; a chunk holds some 10 us of them, so that none waits for another
/// for longer than that. It is counted: the tasks of futures that outlive the pool still refer to it.
class submission final : public job {
 public:
  submission(engine& runs, backend& workers, const cancel_switch& cancels);

  void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() noexcept;

  /// push takes a task in and has it sent, unless it can wait for others. False when the job is over.
  bool push(task& one, const task_rules& rules);

  /// await drives the engine until the future is ready or the time is over; whether it is ready.
  bool await(const future_state& of, std::chrono::steady_clock::time_point until);
  void poll();

  /// cancel ends a task that has not begun, or that runs where it can be killed. False when it is too late.
  bool cancel(task& one);

  /// interject calls `change` under the engine's lock, if there still is an engine.
  void interject(const std::function<void()>& change);

  /// finish says that no more tasks come: the job is settled once those that came are.
  void finish();
  /// leave returns when the job is settled and no thread is inside the engine on its behalf any more.
  void leave();

  supply next(chunk_message& out) override;
  void prepare(chunk_message& part) override;
  void discard(const chunk_message& chunk) noexcept override;
  void abandon(const chunk_message& chunk, const std::exception_ptr& error) noexcept override;
  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override;
  void fail(std::uint64_t item, std::exception_ptr error) override;
  void observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took) override;
  void close(const std::exception_ptr& why) noexcept override;
  bool outlives_cancel() override;
  bool starved(const std::exception_ptr& error) override;
  [[nodiscard]] std::size_t window() const override { return window_; }
  [[nodiscard]] job_rules rules_for(std::uint64_t item) const override;
  [[nodiscard]] std::uint64_t index_in_call(std::uint64_t /*item*/) const override { return 0; }
  [[nodiscard]] bool is_idle() const override;
  [[nodiscard]] bool has_news() const override;

 private:
  ~submission() override;

  class visit;

  static task* closed() noexcept;
  [[nodiscard]] static std::uint32_t typical(const task& one);
  [[nodiscard]] bool is_cancelled(const task& one) const;
  void drain();
  void enqueue(task& one) noexcept;
  task* front();
  void pop() noexcept;
  void pack(task_batch& into);
  void unpack(task_batch& from) noexcept;
  bool encode(task& one, std::size_t begin);
  void put_in_payload(chunk_message& out, const task_batch& batch, std::size_t place);
  std::exception_ptr take(task& one, byte_reader& frames) noexcept;
  bool revoke(task& one);
  void settle(task& one, std::exception_ptr error) noexcept;
  void part_with(std::uint64_t item) noexcept;

  std::atomic<std::uint32_t> references_{1};
  std::atomic<task*> inbox_{nullptr};  // new tasks, the last one first
  std::atomic<std::uint32_t> pushed_{0};
  std::atomic<std::uint32_t> chunks_out_{0};  // written under the engine's lock

  engine& runs_;
  backend& workers_;
  const cancel_switch& cancels_;
  const std::uint32_t lanes_;  // workers
  const std::size_t window_;
  const bool in_place_;  // workers share this process's memory

  // Guarded by the engine's lock.
  task* first_ = nullptr;  // in line to be packed
  task* last_ = nullptr;
  batch_table batches_;
  heap_sink scratch_;
  bool finishing_ = false;

  std::mutex door_;  // guards the rest; nothing is locked inside it
  std::condition_variable left_;
  bool open_ = true;
  std::size_t inside_ = 0;
};

}  // namespace yoke::detail
