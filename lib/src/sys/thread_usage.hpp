#pragma once

#include "sys/file_descriptor.hpp"

#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// thread_usage is what the processor and the kernel did for one thread since it began.
struct thread_usage {
  std::chrono::nanoseconds user{0};
  std::chrono::nanoseconds system{0};
  std::chrono::nanoseconds run_queue_wait{0};  ///< 0 where the kernel does not say
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t peak_memory = 0;  ///< bytes; of the whole process

  /// minus takes away what was used before; the peak stays as it is.
  [[nodiscard]] thread_usage minus(const thread_usage& before) const;
  /// add adds what was used beside it; of the peaks the higher one counts.
  void add(const thread_usage& other);
};

/// usage_meter reads the usage of the thread that it is used in. Two system calls, and a third one at most every
/// millisecond for the run-queue wait.
class usage_meter {
 public:
  [[nodiscard]] thread_usage read(std::chrono::nanoseconds now);

 private:
  void read_run_queue_wait();

  file_descriptor schedstat_;
  bool tried_ = false;
  std::chrono::nanoseconds last_look_{0};
  std::chrono::nanoseconds run_queue_wait_{0};
};

}  // namespace yoke::detail
