#pragma once

#include <csignal>
#include <cstddef>

namespace yoke::cli {

/// page_guard survives reads of a mapped file where the file has lost its bytes.
///
/// Such a read raises SIGBUS. While a guard is in place, the calling thread's handler puts a page of zeros under the
/// address, notes it, and the read goes on: the code that reads needs no way out, and its answer is thrown away.
class page_guard {
 public:
  /// Guards `size` bytes from `data` on for the calling thread. Guards nest; the innermost counts.
  page_guard(const char* data, std::size_t size);
  page_guard(const page_guard&) = delete;
  page_guard& operator=(const page_guard&) = delete;
  ~page_guard();

  /// tripped tells whether a page was missing since the guard is in place.
  [[nodiscard]] bool tripped() const { return tripped_ != 0; }

 private:
  static void install();
  static void on_bus_error(int signal, siginfo_t* info, void* context);

  const char* data_;
  std::size_t size_;
  page_guard* outer_;
  volatile std::sig_atomic_t tripped_ = 0;
};

}  // namespace yoke::cli
