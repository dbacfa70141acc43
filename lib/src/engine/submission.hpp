#pragma once

#include <yoke/detail/driver.hpp>
#include <yoke/detail/task.hpp>

#include "engine/cancel_switch.hpp"
#include "engine/engine.hpp"
#include "engine/heap_sink.hpp"
#include "engine/job.hpp"
#include "engine/task_batch.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>

namespace yoke::detail {

/// submission is the one job that all tasks of a pool's submit are items of: it packs tasks that are short into common
/// chunks, and settles their futures.
///
/// Tasks come in through a lock-free stack, from any thread; everything else happens under the engine's lock. A task
/// travels alone until its type is known to be short; a chunk holds some 10 us of them. Where one takes longer than was
/// expected, those behind it are taken out of the chunk as soon as another worker has nothing to do. The tasks of
/// futures that outlive the pool still refer to it, so it is counted.
class submission final : public job, public driver {
 public:
  /// The engine and the workers live as long as `home` has owners.
  submission(engine& runs, backend& workers, const cancel_switch& cancels, std::weak_ptr<const void> home);

  // submission.cpp: what threads of the program ask for

  /// push takes a task in and has it sent, unless it can wait for others. False when the job is over.
  bool push(task& one, const task_rules& rules);

  driven drive(std::chrono::steady_clock::time_point until, const std::function<bool()>& done) override;
  void look_again() noexcept override;

  /// cancel ends a task that has not begun, or that runs where it can be killed. False when it is too late.
  bool cancel(task& one);
  /// request_stop cancels a task that has not begun, and asks one that runs to leave. False when it is too late.
  bool request_stop(task& one);

  /// finish says that no more tasks come: the job is settled once those that came are.
  void finish();
  /// leave sends away the threads that drive the engine on behalf of futures: of other pools, or of something else that
  /// this pool does not make. It does not wait for them: each keeps the engine until it has left. The job has to be
  /// settled.
  void leave() noexcept;

  // submission_chunks.cpp: how tasks are sent
  supply next(chunk_message& out) override;
  void prepare(chunk_message& part) override;
  void discard(const chunk_message& chunk) noexcept override;
  bool starved(const std::exception_ptr& error) override;
  [[nodiscard]] std::size_t window() const override { return window_; }
  [[nodiscard]] std::chrono::nanoseconds rest() const override;
  [[nodiscard]] bool is_idle() const override;

  // submission_outcomes.cpp: what comes of them
  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override;
  void fail(std::uint64_t item, std::exception_ptr error) override;
  void abandon(const chunk_message& chunk, const std::exception_ptr& error) noexcept override;
  void observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took) override;
  void close(const std::exception_ptr& why) noexcept override;
  bool outlives_cancel() override;
  [[nodiscard]] job_rules rules_for(std::uint64_t item) const override;
  [[nodiscard]] std::uint64_t index_in_call(std::uint64_t /*item*/) const override { return 0; }

 private:
  static task* closed() noexcept;
  [[nodiscard]] static std::uint32_t typical(const task& one);
  [[nodiscard]] bool is_cancelled(const task& one) const;
  void interject(const std::function<void()>& change);
  bool revoke(const task& one);
  [[nodiscard]] bool has_begun(const task& one) const;

  void drain() noexcept;
  void enqueue(task& one) noexcept;
  void enqueue_first(task& one) noexcept;
  task* front() noexcept;
  task& pop() noexcept;

  void pack(task_batch& into);
  void unpack(task_batch& from) noexcept;
  bool encode(task* one);
  void put_in_payload(chunk_message& out, task_batch& batch, std::size_t place);
  void show(chunk_message& out, task_batch& batch, std::size_t place);
  void relieve();
  void settle_done(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results);
  void take_out(task_batch& from);

  [[nodiscard]] task*& place_of(std::uint64_t item) const;
  std::exception_ptr take(task& one, const result_frame& frame, std::span<const std::byte> body) noexcept;
  void settle(task& one, std::exception_ptr error) noexcept;
  void part_with(std::uint64_t item) noexcept;
  void send_again(std::uint64_t item) noexcept;
  bool refuse_beginning(task& one) noexcept;

  std::atomic<task*> inbox_{nullptr};  // new tasks, the last one first
  std::atomic<std::uint32_t> pushed_{0};
  std::atomic<std::uint32_t> chunks_out_{0};  // written under the engine's lock

  engine& runs_;
  backend& workers_;
  const cancel_switch& cancels_;
  const std::weak_ptr<const void> home_;
  std::atomic<bool> leaving_{false};
  const std::uint32_t lanes_;  // workers
  const std::size_t window_;
  const bool in_place_;  // workers share this process's memory

  // Guarded by the engine's lock.
  task* first_ = nullptr;  // in line to be packed
  task* last_ = nullptr;
  batch_table batches_;
  std::size_t divisible_ = 0;  // batches
  heap_sink scratch_;
  bool finishing_ = false;
};

}  // namespace yoke::detail
