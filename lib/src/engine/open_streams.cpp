#include "engine/open_streams.hpp"

#include <yoke/errors.hpp>

#include "engine/engine.hpp"

#include <algorithm>
#include <stdexcept>

namespace yoke::detail {

void open_streams::add(member& stream) {
  const std::lock_guard lock{mutex_};
  if (!closed_.empty()) {
    throw pool_shut_down{"yoke: the pool was " + closed_ + " and takes no more calls: construct another one"};
  }
  open_.push_back(&stream);
}

bool open_streams::remove(member& stream) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return !stream.leaving_; });
  if (!stream.left_.empty()) return false;
  open_.remove(&stream);
  changed_.notify_all();
  return true;
}

open_streams::inside::inside(open_streams& home, member& stream) : home_{home}, stream_{stream}, scope_{&home} {
  std::unique_lock lock{home_.mutex_};
  home_.changed_.wait(lock, [&] { return !stream_.leaving_; });
  if (!stream_.left_.empty()) throw pool_shut_down{"yoke: " + stream_.left_};
  stream_.inside_ = true;
  stream_.owner_ = std::this_thread::get_id();
}

open_streams::inside::~inside() {
  const std::lock_guard lock{home_.mutex_};
  if (!home_.closed_.empty() && stream_.runs().cut_short()) home_.cut_short_ = true;
  stream_.inside_ = false;
  home_.changed_.notify_all();
}

void open_streams::refuse_own() {
  const std::lock_guard lock{mutex_};
  const auto own =
      std::ranges::find(open_, std::this_thread::get_id(), [](const member* each) { return each->owner_; });
  if (own == open_.end()) return;
  throw std::logic_error{
      "yoke: this thread has a stream of the pool open, so joining would wait for itself: read the stream to its end "
      "or destroy it first, or stop() the pool"};
}

void open_streams::close(const std::string& how) {
  const std::lock_guard lock{mutex_};
  if (closed_.empty()) closed_ = how;
}

void open_streams::end(std::chrono::steady_clock::time_point when, const std::string& reason) {
  const std::lock_guard lock{mutex_};
  for (member* each : open_) each->runs().end(when, reason);
}

void open_streams::await(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock{mutex_};
  const auto none = [this] { return open_.empty(); };
  if (until == std::chrono::steady_clock::time_point::max()) {
    changed_.wait(lock, none);
  } else {
    changed_.wait_until(lock, until, none);
  }
}

bool open_streams::part(const std::string& reason) {
  std::unique_lock lock{mutex_};
  while (!open_.empty()) {
    member& stream = *open_.front();
    if (stream.inside_ || stream.leaving_) {
      changed_.wait(lock);
      continue;
    }
    cut_short_ = true;
    stream.leaving_ = true;
    lock.unlock();
    stream.leave_pool();
    lock.lock();
    stream.leaving_ = false;
    stream.left_ = reason;
    open_.remove(&stream);
    changed_.notify_all();
  }
  return cut_short_;
}

}  // namespace yoke::detail
