#pragma once

#include "backends/forked_copy_guard.hpp"
#include "backends/process_team.hpp"
#include "backends/queue_backend.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace yoke::detail {

/// process_backend runs the workers' end of the queue in processes, the queue lying in a shared segment.
class process_backend : public queue_backend {
 public:
  /// Starts `workers` processes under a supervisor. The calling process must be single-threaded at this moment.
  /// Throws start_error, out_of_memory.
  explicit process_backend(std::uint32_t workers, const worker_limits& limits = {});
  /// Kills workers that are still busy.
  ~process_backend() override;

  [[nodiscard]] capabilities describe() const override;
  void check_original() const override;
  void flush() override;
  std::size_t receive(event_sink& sink) override;
  bool interrupt(std::uint64_t tag) override;
  void park(std::chrono::nanoseconds at_most, int also) override;
  void nudge() noexcept override;
  void stop(bool drain) noexcept override;

 private:
  [[nodiscard]] worker_plan plan();
  std::size_t take_news(event_sink& sink);
  void inspect_when_quiet(bool news);
  std::size_t start_over(const std::string& reason, event_sink& sink);
  void replace_supervisor();
  void replace_team(const std::string& reason);

  worker_limits limits_;
  forked_copy_guard guard_;
  std::unique_ptr<process_team> team_;
  std::atomic<bool> supervisor_lost_{false};  // written by park(), read under the engine's lock
  std::chrono::nanoseconds last_look_{0};     // when there last was news, or the queue was inspected
  std::uint32_t fresh_starts_ = 0;            // in a row, with no news in between
};

}  // namespace yoke::detail
