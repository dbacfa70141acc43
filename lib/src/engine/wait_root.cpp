#include <yoke/detail/callback.hpp>
#include <yoke/detail/wait_root.hpp>

#include <chrono>

namespace yoke::detail {

namespace {

// How long to sleep where all pools known so far are gone, and the task waits for something else.
constexpr std::chrono::milliseconds without_pools{1};

}  // namespace

void wait_root::add(const future_state& awaited) {
  driver_set before;
  {
    const std::lock_guard lock{mutex_};
    before.add(drivers_);
    awaited.collect_drivers(drivers_);
    if (drivers_.size() == before.size()) return;
    known_ = drivers_.size();
    changed_.notify_all();
  }
  before.look_again();
}

void wait_root::finish() noexcept {
  driver_set all;
  {
    const std::lock_guard lock{mutex_};
    waking_ = true;
    finished_ = true;
    all.add(drivers_);
  }
  all.look_again();
  const std::lock_guard lock{mutex_};
  waking_ = false;
  changed_.notify_all();
}

void wait_root::wait() {
  std::unique_lock lock{mutex_};
  while (!finished_) {
    driver_set now;
    now.add(drivers_);
    const std::size_t known = now.size();
    if (known == 0) {
      changed_.wait(lock, [this] { return finished_ || known_ > 0; });
      continue;
    }
    lock.unlock();
    const bool news = now.drive(for_ever, [&] { return finished_ || known_ != known; });
    lock.lock();
    if (!news) changed_.wait_for(lock, without_pools);
  }
  changed_.wait(lock, [this] { return !waking_; });
}

}  // namespace yoke::detail
