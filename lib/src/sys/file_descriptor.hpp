#pragma once

#include <utility>

#include <unistd.h>

namespace yoke::detail {

/// file_descriptor owns one open descriptor, or none (-1), and closes it in the end.
class file_descriptor {
 public:
  file_descriptor() noexcept = default;
  explicit file_descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  file_descriptor(file_descriptor&& other) noexcept : descriptor_(other.release()) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~file_descriptor() { reset(); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }

  /// release gives the descriptor away: the caller closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

  /// reset closes what is held and owns `descriptor` instead. close() is not repeated on EINTR: Linux has closed it.
  void reset(int descriptor = -1) noexcept {
    const int old = std::exchange(descriptor_, descriptor);
    if (old >= 0) static_cast<void>(::close(old));
  }

 private:
  int descriptor_ = -1;
};

/// clear_of_standard_streams moves a descriptor above 2, where a host that has closed a standard stream made it land:
/// what is written to that stream later must not reach it. Closed on exec. Throws std::system_error.
[[nodiscard]] file_descriptor clear_of_standard_streams(file_descriptor descriptor);

}  // namespace yoke::detail
