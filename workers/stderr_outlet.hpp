#pragma once

#include "sys/file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace yoke::detail {

/// stderr_outlet writes to a descriptor that other processes share, as far as it can without waiting.
///
/// Whether a write waits is a property of what all of them share, so it is not changed: a pipe or terminal is opened
/// once more, a socket is told each time, a file never makes anybody wait.
class stderr_outlet {
 public:
  /// piece is the most that one write takes: a pipe keeps so much in one piece, and has room for it when it says so.
  static constexpr std::size_t piece = 4096;

  /// `shared` is borrowed. It need not be open: then all is dropped.
  explicit stderr_outlet(int shared);

  /// write returns how many bytes of `text` need no further care: written, or dropped where nobody reads any more.
  std::size_t write(std::string_view text);

  /// descriptor is what to poll for POLLOUT after write() took less than it was given.
  [[nodiscard]] int descriptor() const { return own_ ? own_.get() : shared_; }

 private:
  enum class kind : std::uint8_t { file, stream, socket, closed };

  [[nodiscard]] bool has_room() const;

  int shared_;
  kind what_ = kind::closed;
  file_descriptor own_;  // the same pipe or terminal, for writes that do not wait
};

}  // namespace yoke::detail
