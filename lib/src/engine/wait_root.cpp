#include <yoke/detail/callback.hpp>
#include <yoke/detail/wait_root.hpp>

namespace yoke::detail {

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
  completion_list::run_left();  // the task may wait for it
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
    now.drive(for_ever, [&] { return finished_ || known_ != known; });
    lock.lock();
  }
  changed_.wait(lock, [this] { return !waking_; });
}

}  // namespace yoke::detail
