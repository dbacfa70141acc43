#pragma once

#include <atomic>
#include <cstddef>
#include <new>
#include <stdexcept>

#include <sys/mman.h>

namespace yoke_test {

/// shared_page is a page of counters that all processes forked later see: how a task tells a test what it did.
///
/// Make it a static of the test's file: workers know it from before they were forked, and no task has to capture it.
class shared_page {
 public:
  using counter = std::atomic<std::size_t>;
  static constexpr std::size_t counters = 4096 / sizeof(counter);

  shared_page() : memory_{::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)} {
    if (memory_ == MAP_FAILED) throw std::runtime_error{"mmap of a test's shared page failed"};
    clear();
  }
  ~shared_page() { ::munmap(memory_, 4096); }
  shared_page(const shared_page&) = delete;
  shared_page& operator=(const shared_page&) = delete;

  void clear() const {
    for (std::size_t index = 0; index < counters; ++index) new (static_cast<counter*>(memory_) + index) counter{0};
  }

  counter& operator[](std::size_t index) const { return static_cast<counter*>(memory_)[index]; }

 private:
  void* memory_;
};

}  // namespace yoke_test
