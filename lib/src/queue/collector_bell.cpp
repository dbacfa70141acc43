#include "queue/collector_bell.hpp"

#include "sys/crash_point.hpp"

#include <sched.h>
#include <unistd.h>

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
      write_to(descriptor);
      break;
    default:
      break;
  }
}

void collector_bell::ring_for_the_dead(int descriptor) noexcept {
  armed_.store(awake);
  semaphore_.ring();
  write_to(descriptor);
}

void collector_bell::write_to(int descriptor) noexcept {
  const std::uint64_t one = 1;
  // A full counter is readable already, and nothing else can fail on an eventfd of ours.
  [[maybe_unused]] const auto written = ::write(descriptor, &one, sizeof one);
}

}  // namespace yoke::detail
