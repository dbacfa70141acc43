#pragma once

#include <yoke/pool.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <fcntl.h>

namespace yoke::detail {

/// asio_bell polls a pool from an executor: when the pool's descriptor says so, and now and then in any case, while
/// there is something to wait for. So a context without operations runs out of work.
class asio_bell : public std::enable_shared_from_this<asio_bell> {
 public:
  asio_bell(pool& rings, const boost::asio::any_io_executor& executor)
      : pool_{&rings},
        strand_{boost::asio::make_strand(executor)},
        news_{strand_, duplicate(rings.native_handle())},
        tick_{strand_} {}

  [[nodiscard]] boost::asio::any_io_executor executor() const { return strand_.get_inner_executor(); }

  /// begin and end count what is waited for.
  void begin() { change(true); }
  void end() { change(false); }

  /// silence is the end of it: the pool is not used any more once it has returned.
  void silence() {
    const std::lock_guard lock{polling_};
    pool_ = nullptr;
    boost::asio::post(strand_, [self = shared_from_this()] {
      self->silent_ = true;
      self->rest();
    });
  }

 private:
  static constexpr std::chrono::milliseconds between_looks{200};

  static int duplicate(int descriptor) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) throw std::system_error{errno, std::generic_category(), "yoke: no descriptor for the pool's news"};
    return copy;
  }

  void change(bool more) {
    boost::asio::post(strand_, [self = shared_from_this(), more] {
      if (self->silent_) return;
      self->awaited_ += more ? 1 : std::size_t(-1);
      if (self->awaited_ == 0) {
        self->rest();
      } else if (!self->listening_) {
        self->listen();
      }
    });
  }

  // What follows runs in the strand.

  void listen() {
    listening_ = true;
    news_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](boost::system::error_code /*cancelled*/) {
                       self->listening_ = false;
                       if (!self->silent_ && self->awaited_ > 0) self->look();
                     });
    tick_.expires_after(between_looks);
    tick_.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
      if (!stopped && self->listening_) self->news_.cancel();
    });
  }

  void look() {
    {
      const std::lock_guard lock{polling_};
      if (pool_ != nullptr) pool_->poll();
    }
    if (!listening_ && !silent_) listen();
  }

  void rest() {
    boost::system::error_code ignored;
    news_.cancel(ignored);
    tick_.cancel();
  }

  std::recursive_mutex polling_;  // guards pool_; a callback that runs in poll() may end the pump
  pool* pool_;
  boost::asio::strand<boost::asio::any_io_executor> strand_;
  boost::asio::posix::stream_descriptor news_;
  boost::asio::steady_timer tick_;
  std::size_t awaited_ = 0;
  bool listening_ = false;
  bool silent_ = false;
};

}  // namespace yoke::detail
