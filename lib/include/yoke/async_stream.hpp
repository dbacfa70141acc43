#pragma once

#include <yoke/detail/pulled_input.hpp>
#include <yoke/detail/task_of.hpp>
#include <yoke/pool.hpp>
#include <yoke/task.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace yoke {
inline namespace v0 {

/// async_stream yields the results of a task over a range, in input order, without holding a thread while it waits:
///
///     auto lengths = yoke::async_imap(pool, std::views::iota(0), measure, 100);
///     while (auto next = co_await lengths.next()) use(*next);
///
/// At most `window` items are taken from the range ahead of what has been yielded; so it may be endless. The range is
/// read inside next(), by the coroutine that awaits it. Each item is a task of its own (see pool::submit): one that
/// throws has next() throw in its place, and the stream goes on behind it. Dropping the stream lets the tasks run that
/// have been submitted, and drops their results. pool::imap is the faster way where a thread may wait.
template <std::ranges::input_range Range, class Function>
class async_stream {
 public:
  using result_type = detail::task_result<Function, std::ranges::range_value_t<Range>>;
  /// value_type is what the task returns, std::monostate for void.
  using value_type = std::conditional_t<std::is_void_v<result_type>, std::monostate, result_type>;

  /// For async_imap's use.
  async_stream(pool& on, Range&& items, Function function, std::size_t window)
      : pool_{&on},
        input_{std::make_unique<detail::pulled_input<Range>>(std::forward<Range>(items))},
        function_{std::move(function)},
        window_{window} {
    if (window == 0) throw std::invalid_argument{"yoke: a window of 0 items would never yield one: give at least 1"};
  }

  /// next is the next result, or nothing behind the last. It throws the item's error, or what the range's iterators
  /// throw, which ends the input. One next() at a time, while the stream stays where it is.
  task<std::optional<value_type>> next() {
    fill();
    if (waiting_.empty()) {
      if (broken_) std::rethrow_exception(std::exchange(broken_, nullptr));
      co_return std::nullopt;
    }
    future<result_type> first{std::move(waiting_.front())};
    waiting_.pop_front();
    if constexpr (std::is_void_v<result_type>) {
      co_await first;
      co_return std::monostate{};
    } else {
      co_return co_await first;
    }
  }

 private:
  using item = std::ranges::range_value_t<Range>;

  void fill() {
    try {
      while (!over_ && waiting_.size() < window_) {
        if (input_->at_item()) {
          waiting_.push_back(pool_->submit(function_, static_cast<item>(input_->here())));
        } else {
          over_ = true;
        }
      }
    } catch (...) {
      over_ = true;
      broken_ = std::current_exception();
    }
  }

  pool* pool_;
  std::unique_ptr<detail::pulled_input<Range>> input_;
  Function function_;
  std::size_t window_;
  bool over_ = false;
  std::exception_ptr broken_;
  std::deque<future<result_type>> waiting_;
};

/// async_imap returns the stream of function(item) for each item of a range of any kind. A named range is referred to,
/// and a temporary one is kept. Throws std::invalid_argument where the window is 0.
template <std::ranges::input_range Range, detail::submittable<std::ranges::range_value_t<Range>> Function>
auto async_imap(pool& on, Range&& items, Function function, std::size_t window = 1000) {
  return async_stream<Range, Function>{on, std::forward<Range>(items), std::move(function), window};
}

}  // namespace v0
}  // namespace yoke
