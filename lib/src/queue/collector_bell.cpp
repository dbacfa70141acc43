#include "queue/collector_bell.hpp"

#include "sys/crash_point.hpp"
#include "sys/event_descriptor.hpp"

#include <sched.h>

namespace yoke::detail {

void collector_bell::ring(int descriptor) noexcept {
  if (armed_.load() == awake) return;
  rung_on_.store(::sched_getcpu(), std::memory_order_relaxed);
  const std::uint32_t before = armed_.exchange(awake);
  reached(crash_point::bell_disarmed);
  switch (before) {
    case on_semaphore:
      semaphore_.ring();
      break;
    case on_descriptor:
      signal(descriptor);
      break;
    default:
      break;
  }
}

void collector_bell::ring_for_the_dead(int descriptor) noexcept {
  armed_.store(awake);
  semaphore_.ring();
  signal(descriptor);
}

}  // namespace yoke::detail
