#pragma once

#include "map/map_request.hpp"

#include <chrono>
#include <cstdint>

namespace yoke::cli {

/// progress shows on stderr how much is done: bytes, of the total where that is known beforehand.
///
/// It draws at most ten times a second, when told of progress; there is no thread behind it. Nothing is shown of
/// its own accord for work that ends within half a second.
class progress {
 public:
  /// `total` is 0 where nobody knows. when::always shows it from the first byte.
  progress(when shown, std::uint64_t total);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { clear(); }

  /// add counts bytes that are done.
  void add(std::uint64_t bytes);

  /// clear wipes the line, before something else is written.
  void clear();

  /// wanted decides from --progress, --quiet and the terminal.
  static when wanted(const map_request& request);

 private:
  void draw();

  bool shown_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace yoke::cli
