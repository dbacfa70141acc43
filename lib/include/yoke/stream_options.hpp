#pragma once

#include <yoke/options.hpp>

#include <chrono>
#include <cstddef>

namespace yoke {
inline namespace v0 {

/// stream_options says how one call of imap or imap_unordered runs. Every member may be left out.
///
///     for (auto& page : pool.imap(urls, fetch, {.window = 100, .attempts = 2})) ...
struct stream_options {
  /// chunk is how many items travel together; automatic ones are worth 100 us, and single items where these are longer.
  chunking chunk = {};
  /// window is how many items may have been taken from the input without having been yielded, results that wait for an
  /// earlier one included; 0 means as many as keep the workers busy (32 chunks for each).
  std::size_t window = 0;
  /// window_bytes is how many bytes those items and results may have, as they travel; at least one item always may. It
  /// is looked at before each chunk is made: what is under way by then may go beyond it.
  std::size_t window_bytes = std::size_t{64} << 20;
  /// rerun, attempts, deadline and fresh are as in call_options; rerun::by_call is `external`. Processes forked for the
  /// stream, for `fresh` or for what the task captures, see memory as it is when the stream is made.
  yoke::rerun rerun = yoke::rerun::by_call;
  int attempts = 1;
  std::chrono::nanoseconds deadline{0};
  bool fresh = false;
};

}  // namespace v0
}  // namespace yoke
