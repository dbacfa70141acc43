#include "sys/event_descriptor.hpp"

#include "sys/error.hpp"

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace yoke::detail {

file_descriptor make_event_descriptor(const char* what) {
  return clear_of_standard_streams(file_descriptor{check(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), what)});
}

void signal(int event_descriptor) noexcept {
  const std::uint64_t one = 1;
  // A full counter is readable already, and nothing else can fail on an eventfd of ours.
  [[maybe_unused]] const auto written = ::write(event_descriptor, &one, sizeof one);
}

void take_signal(int event_descriptor) noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(event_descriptor, &count, sizeof count);
}

}  // namespace yoke::detail
