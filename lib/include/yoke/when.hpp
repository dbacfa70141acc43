#pragma once

#include <yoke/detail/all_of.hpp>
#include <yoke/detail/arrivals.hpp>
#include <yoke/detail/callback.hpp>
#include <yoke/detail/driver.hpp>
#include <yoke/detail/joint_state.hpp>
#include <yoke/detail/waiting_set.hpp>
#include <yoke/future.hpp>

#include <chrono>
#include <cstddef>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

// Several futures at once. They may belong to different pools, of different backends.

namespace yoke {
inline namespace v0 {

/// when_all returns the future of all the values, in the order given. Where some have errors, it has the first by
/// position, once all are ready. Cancelling it cancels what can be.
///
///     std::vector<double> areas = yoke::when_all(std::move(futures)).get();
template <class T>
auto when_all(std::vector<future<T>> futures) {
  return detail::all_of(std::move(futures));
}

/// when_all of futures of several types returns the future of a std::tuple, with std::monostate for void.
template <class... T>
auto when_all(future<T>... futures) {
  return detail::all_of_these(std::move(futures)...);
}

/// when_any returns the future of the position of the first one that is ready, with a value or with an error. The
/// futures stay what they are; but cancelling this one cancels all of them that can be. Throws std::invalid_argument
/// where there are none.
template <detail::future_range Futures>
future<std::size_t> when_any(const Futures& futures) {
  return detail::any_of(detail::states_of(futures));
}
template <class... T>
future<std::size_t> when_any(const future<T>&... futures) {
  return detail::any_of({detail::future_access::state(futures)...});
}

/// return_when says what wait() waits for.
enum class return_when : unsigned char {
  all_completed,    ///< all have a value or an error
  first_completed,  ///< at least one has
  first_error,      ///< one has an error, or all have values
};

/// wait_result is what wait() found: positions in the range, each in one of both, rising. A future that is there twice
/// counts once, where it is first.
struct wait_result {
  std::vector<std::size_t> ready;
  std::vector<std::size_t> pending;
};

/// wait waits for futures, and says which are ready. The range has futures, pointers to them or reference wrappers.
template <detail::future_range Futures>
wait_result wait(const Futures& futures, return_when what = return_when::all_completed) {
  return detail::wait_until<wait_result>(detail::states_of(futures), static_cast<detail::waiting_set::goal>(what),
                                         detail::for_ever);
}

/// wait with a time-out returns when `patience` is over at the latest: the tasks run on.
template <detail::future_range Futures, class Rep, class Period>
wait_result wait(const Futures& futures, return_when what, std::chrono::duration<Rep, Period> patience) {
  return detail::wait_until<wait_result>(detail::states_of(futures), static_cast<detail::waiting_set::goal>(what),
                                         detail::time_after(patience));
}

/// as_completed is an input range of references to the futures of a vector, in the order in which they become ready:
///
///     for (yoke::future<row>& next : yoke::as_completed(futures)) use(next.get());
///
/// Each comes once. Incrementing the iterator waits. The vector must not change its size meanwhile.
template <class T>
class as_completed {
 public:
  explicit as_completed(std::vector<future<T>>& futures) : futures_{futures}, arriving_{detail::states_of(futures)} {}

  class iterator {
   public:
    using value_type = future<T>;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    future<T>& operator*() const { return of_->futures_[of_->current_]; }
    iterator& operator++() {
      of_->advance();
      return *this;
    }
    void operator++(int) { of_->advance(); }
    bool operator==(std::default_sentinel_t /*end*/) const { return of_->ended_; }

   private:
    friend class as_completed;
    explicit iterator(as_completed& of) : of_{&of} {}
    as_completed* of_ = nullptr;
  };

  iterator begin() {
    advance();
    return iterator{*this};
  }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  void advance() {
    const auto next = arriving_.next();
    ended_ = !next.has_value();
    if (next) current_ = *next;
  }

  std::vector<future<T>>& futures_;
  detail::arrivals arriving_;
  std::size_t current_ = 0;
  bool ended_ = false;
};

}  // namespace v0
}  // namespace yoke
