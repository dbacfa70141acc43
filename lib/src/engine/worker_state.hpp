#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace yoke::detail {

/// worker_state is what one worker keeps from task to task: its object of each worker_local.
class worker_state {
 public:
  worker_state() = default;
  worker_state(const worker_state&) = delete;
  worker_state& operator=(const worker_state&) = delete;
  /// Destroys the objects, the last one made first.
  ~worker_state() { clear(); }
  void clear() noexcept;

  /// object returns the object of this name, making it where there is none yet.
  void* object(std::uint64_t name);

  /// present makes a state that of the worker that the calling thread is, while it lives.
  class present {
   public:
    explicit present(worker_state& mine) noexcept;
    ~present();
    present(const present&) = delete;
    present& operator=(const present&) = delete;

   private:
    worker_state* before_;
  };

 private:
  struct entry {
    std::uint64_t name;
    std::shared_ptr<void> object;  // null while it is being made
  };

  std::vector<entry> entries_;
};

}  // namespace yoke::detail
