#pragma once

#include "sys/file_descriptor.hpp"
#include "workers/stderr_outlet.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace yoke::detail {

/// stderr_relay passes on what workers write to standard error, and remembers what each wrote last.
///
/// A worker writes into a pipe of its own. Nothing is read while the real standard error takes nothing: then pipes
/// fill and workers wait, as they would have without a relay. The supervisor never waits.
class stderr_relay {
 public:
  static constexpr std::size_t most_backlog = std::size_t{1} << 20;  ///< bytes kept of workers that died meanwhile

  /// `real` is the standard error of the program; borrowed.
  explicit stderr_relay(int real);

  /// channel is a worker's end, and what the relay calls it.
  struct channel {
    file_descriptor end;
    int name = -1;
  };
  /// open makes a pipe for one more worker; an empty channel, and that worker writes directly, where no descriptors are
  /// left to spare.
  channel open();

  /// close takes what is left in the pipe of a worker that is dead, and returns its last words.
  std::string close(int name);

  /// descriptor and events are what to poll; on news, call pass_on().
  [[nodiscard]] int descriptor() const { return blocked() ? outlet_.descriptor() : watched_.get(); }
  [[nodiscard]] short events() const;

  /// pass_on moves a little of what there is: what takes long is done in many calls.
  void pass_on();

  /// finish passes on what dead workers left, until `at_most` is over or nobody has read anything for half a second.
  void finish(std::chrono::nanoseconds at_most);

 private:
  struct source {
    file_descriptor pipe;
    std::string held;  // the beginning of a line whose end is still in the pipe
    std::string tail;
  };

  [[nodiscard]] bool blocked() const { return !backlog_.empty(); }
  void pump(source& from);
  void pass(std::string_view text);
  bool flush();

  stderr_outlet outlet_;
  file_descriptor watched_;  // epoll of all pipes
  std::unordered_map<int, source> sources_;
  std::string backlog_;  // read, and not taken by the outlet yet
  std::uint64_t dropped_ = 0;
};

/// last_lines is the end of `text`: at most 16 lines and `most_bytes` bytes, without a newline at its end.
std::string_view last_lines(std::string_view text, std::size_t most_bytes);

}  // namespace yoke::detail
