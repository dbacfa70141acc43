#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace yoke::detail {

/// driver is what futures know of the pool that works on them. It is counted, and may outlive the pool.
class driver {
 public:
  driver() = default;
  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;

  void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// driven is why drive() has returned.
  enum class driven : unsigned char {
    done,
    late,  ///< the time is over
    gone,  ///< there is no pool any more
  };

  /// drive waits until `done` holds or the time is over, working on the pool meanwhile. `done` is called under a lock
  /// of the pool, by any thread that waits: it must be short and must not throw.
  virtual driven drive(std::chrono::steady_clock::time_point until, const std::function<bool()>& done) = 0;

  /// look_again has all threads that wait look whether they are done. Not from inside the pool's own locks.
  virtual void look_again() noexcept = 0;

 protected:
  virtual ~driver() = default;

 private:
  std::atomic<std::uint32_t> references_{1};
};

/// driver_set is the pools that some futures belong to, each once.
class driver_set {
 public:
  driver_set() = default;
  driver_set(driver_set&& other) noexcept : all_{std::exchange(other.all_, {})} {}
  driver_set& operator=(driver_set&&) = delete;
  ~driver_set() {
    for (driver* each : all_) each->drop_reference();
  }

  void add(driver& one);
  void add(const driver_set& others) {
    for (driver* each : others.all_) add(*each);
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

  /// drive waits until `done` holds or the time is over, working on all of them; returns what `done` says.
  bool drive(std::chrono::steady_clock::time_point until, const std::function<bool()>& done) const;

  /// look_again is driver::look_again() for all of them.
  void look_again() const noexcept;

 private:
  std::vector<driver*> all_;
};

}  // namespace yoke::detail
