#pragma once

#include <yoke/options.hpp>

#include "backends/process_team.hpp"
#include "backends/queue_backend.hpp"
#include "start/image_identity.hpp"
#include "workers/worker_environment.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace yoke::detail {

/// process_setup is what a pool of processes is made with.
struct process_setup {
  std::uint32_t workers = 1;
  worker_limits limits = {};
  start how = start::fork;
  std::string program = {};  ///< that start::exec executes; empty: this one
  worker_environment environment = {};
  worker_hooks hooks = {};
  /// The bytes of the hooks' callables, which executed workers get a copy of.
  std::size_t initializer_bytes = 0;
  std::size_t finalizer_bytes = 0;
  std::shared_ptr<array_memory> lent = nullptr;  ///< of the pool that a call-time team works for
};

/// process_backend runs the workers' end of the queue in processes, the queue lying in a shared segment.
class process_backend : public queue_backend {
 public:
  /// Starts the workers under a supervisor. With start::fork the calling process must be single-threaded at this
  /// moment. Throws start_error, out_of_memory.
  explicit process_backend(process_setup setup);
  /// Kills workers that are still busy.
  ~process_backend() override;

  [[nodiscard]] capabilities describe() const override;
  [[nodiscard]] bool has_code(std::uintptr_t address) const override;
  [[nodiscard]] std::span<const std::byte> common_memory() const override { return {home_.base(), home_.size()}; }
  void flush() override;
  std::size_t receive(event_sink& sink) override;
  void interrupt(std::uint64_t tag) override;
  bool interrupt(std::uint64_t tag, std::uint64_t offset) override;
  void park(std::chrono::nanoseconds at_most, int also) override;
  void nudge() noexcept override;
  std::vector<farewell> take_farewells() override { return end_.take_farewells(); }
  void stop(bool drain) noexcept override;

 private:
  void interrupt_at(const coordinator_end::place& at);
  [[nodiscard]] std::unique_ptr<process_team> start_team();
  void share(hook& called, std::size_t bytes);
  [[nodiscard]] std::shared_ptr<process_team> team() const;
  std::size_t take_news(event_sink& sink);
  void inspect_when_quiet(bool news);
  std::size_t start_over(const std::string& reason, event_sink& sink);
  void replace_supervisor();
  void replace_team(const std::string& reason);

  process_setup setup_;
  std::vector<image_note> images_;  // under exec: what was loaded at construction, and what of it workers have
  mutable std::mutex team_mutex_;   // guards team_ against park(), which runs without the engine's lock; innermost
  std::shared_ptr<process_team> team_;
  std::atomic<bool> supervisor_lost_{false};  // written by park(), read under the engine's lock
  std::chrono::nanoseconds last_look_{0};     // when there last was news, or the queue was inspected
  std::uint32_t fresh_starts_ = 0;            // in a row, with no news in between
};

}  // namespace yoke::detail
