#pragma once

#include <atomic>
#include <cstddef>

namespace yoke_test {

/// shared_page is a page of counters that all workers see: how a task tells a test what it did.
///
/// Make it a static of the test's file: workers know it from before they were forked, and no task has to capture it.
/// Where the test program is executed anew, its static finds the page of the same static in the first program.
class shared_page {
 public:
  using counter = std::atomic<std::size_t>;
  static constexpr std::size_t counters = 4096 / sizeof(counter);

  shared_page();
  ~shared_page();
  shared_page(const shared_page&) = delete;
  shared_page& operator=(const shared_page&) = delete;

  void clear() const {
    for (std::size_t index = 0; index < counters; ++index) (*this)[index] = 0;
  }

  counter& operator[](std::size_t index) const { return static_cast<counter*>(memory_)[index]; }

 private:
  void* memory_;
};

}  // namespace yoke_test
