#include "queue/collector_bell.hpp"

#include <unistd.h>

namespace yoke::detail {

void collector_bell::ring(int descriptor) noexcept {
  if (armed_.load() == awake) return;
  switch (armed_.exchange(awake)) {
    case on_semaphore:
      semaphore_.ring();
      break;
    case on_descriptor: {
      const std::uint64_t one = 1;
      // A full counter is readable already, and nothing else can fail on an eventfd of ours.
      [[maybe_unused]] const auto written = ::write(descriptor, &one, sizeof one);
      break;
    }
    default:
      break;
  }
}

}  // namespace yoke::detail
