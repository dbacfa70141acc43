#pragma once

#include <yoke/progress.hpp>

#include "map/map_request.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace yoke::cli {

/// progress_wipe clears the line that progress is shown on.
inline constexpr std::string_view progress_wipe = "\r\x1b[K";

/// progress shows on stderr how much is done: bytes, of the total where that is known beforehand.
///
/// Whoever waits for the work draws it ten times a second, also while nothing gets done. Nothing is shown of its own
/// accord for work that ends within half a second.
class progress {
 public:
  /// `total` is 0 where nobody knows. when::always shows it from the first byte.
  progress(when shown, std::uint64_t total);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { clear(); }

  [[nodiscard]] bool shown() const { return shown_; }

  /// add counts bytes that are done.
  void add(std::uint64_t bytes);

  /// add_failed counts a record, or a block, that was given up.
  void add_failed() { ++failed_; }

  /// callback draws, once it is time to; none where nothing is shown.
  [[nodiscard]] progress_callback callback();

  /// clear wipes the line, before something else is written.
  void clear();

  /// wanted decides from --progress, --quiet and the terminal.
  static when wanted(const map_request& request);

 private:
  using clock = std::chrono::steady_clock;

  void draw(clock::time_point now);

  bool shown_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
  clock::time_point begun_;
  clock::time_point moved_;  // when something was done last
  clock::time_point first_;  // when it is shown first
  bool drawn_ = false;
};

}  // namespace yoke::cli
