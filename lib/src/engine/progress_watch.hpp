#pragma once

#include <yoke/progress.hpp>

#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// progress_watch reports to a call's progress callback, at most ten times a second and once more in the end. It
/// belongs to the thread that waits for the call.
class progress_watch {
 public:
  using clock = std::chrono::steady_clock;

  progress_watch(const progress_callback& told, std::uint64_t total)
      : told_{told}, total_{total}, begun_{clock::now()}, next_{begun_ + between_reports} {}

  /// next is when the next report is due; never where nobody wants to be told.
  [[nodiscard]] clock::time_point next() const { return told_ ? next_ : clock::time_point::max(); }

  /// report calls the callback. Throws what that throws, and reports nothing more.
  void report(std::uint64_t done, std::uint64_t failed, bool last);

 private:
  static constexpr std::chrono::milliseconds between_reports{100};

  progress_callback told_;
  std::uint64_t total_;
  clock::time_point begun_;
  clock::time_point next_;
};

}  // namespace yoke::detail
