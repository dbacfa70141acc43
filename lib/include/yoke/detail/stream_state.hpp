#pragma once

#include <yoke/detail/failure_of.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/pulled_input.hpp>
#include <yoke/detail/stream_core.hpp>
#include <yoke/detail/stream_items.hpp>
#include <yoke/outcome.hpp>
#include <yoke/stream_options.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// stream_result is what a task's result is to a stream.
template <class R>
using stream_result = std::conditional_t<std::is_void_v<R>, std::monostate, std::remove_cvref_t<R>>;

/// yields_values, yields_indexed and yields_outcomes are what a stream makes of results.
struct yields_values {
  static constexpr bool ordered = true;
  static constexpr bool outcomes = false;
  template <class R>
  using of = R;
  template <class R>
  static void put(std::optional<R>& into, std::uint64_t /*item*/, R&& result) {
    into.emplace(std::forward<R>(result));
  }
};
struct yields_indexed {
  static constexpr bool ordered = false;
  static constexpr bool outcomes = false;
  template <class R>
  using of = std::pair<std::uint64_t, R>;
  template <class R>
  static void put(std::optional<of<R>>& into, std::uint64_t item, R&& result) {
    into.emplace(item, std::forward<R>(result));
  }
};
template <bool InOrder>
struct yields_outcomes {
  static constexpr bool ordered = InOrder;
  static constexpr bool outcomes = true;
  template <class R>
  using of = outcome<R>;
  template <class R>
  static void put(std::optional<of<R>>& into, std::uint64_t item, R&& result) {
    into.emplace(item, std::forward<R>(result));
  }
};

/// stream_feed is a stream's way to its next value, whatever its items and its task are.
template <class Value>
class stream_feed {
 public:
  stream_feed() = default;
  stream_feed(const stream_feed&) = delete;
  stream_feed& operator=(const stream_feed&) = delete;
  virtual ~stream_feed() = default;

  /// next puts the next value into `into`, which is empty; false where there is none, now and for ever.
  virtual bool next(std::optional<Value>& into) = 0;
};

/// stream_position is where the reader of a stream is.
template <class Value>
struct stream_position {
  explicit stream_position(std::unique_ptr<stream_feed<Value>> from) : feed{std::move(from)} {}

  void step() {
    current.reset();
    feed->next(current);
  }

  std::unique_ptr<stream_feed<Value>> feed;
  std::optional<Value> current = {};  // empty before the first value and behind the last
  bool begun = false;
};

/// stream_state is an open stream: it pulls the input, sends parcels, and takes results out of those that come back,
/// all in the thread that asks for the next value.
template <class Range, class Task, class Yields>
class stream_state final
    : public stream_feed<typename Yields::template of<
          stream_result<std::invoke_result_t<const Task&, const std::ranges::range_value_t<Range>&>>>> {
 public:
  using input = pulled_input<Range>;
  using item = typename input::item;
  using result = stream_result<std::invoke_result_t<const Task&, const item&>>;
  using value = typename Yields::template of<result>;

  stream_state(Range&& items, const Task& task, pool_core& pool, const stream_options& options)
      : input_{std::forward<Range>(items)},
        closure_{task},
        scope_{pool.scope()},
        whole_chunks_{options.chunk.kind() == chunking::policy::fixed},
        way_{choose_route(pool, closure_.task, std::is_void_v<std::invoke_result_t<const Task&, const item&>>,
                          &run_sent_items<item, Task, result>, call_options_of(options))},
        core_{pool, way_, options} {}

  bool next(std::optional<value>& into) override {
    if (over_) return false;
    try {
      while (!take_result(into)) {
        if (!advance()) {
          over_ = true;
          return false;
        }
      }
      return true;
    } catch (...) {
      over_ = true;
      core_.close();
      throw;
    }
  }

 private:
  using kept = std::conditional_t<input::stays, const item*, item>;
  using placed = placed_parcel<kept, item, Task, result>;
  using clock = std::chrono::steady_clock;

  // A parcel is sent, full or not, once the input has taken this long over it.
  static constexpr std::chrono::milliseconds slow{1};
  static constexpr std::size_t most_spare_bytes = std::size_t{1} << 20;

  [[nodiscard]] bool in_place() const { return way_ == route::in_place; }

  void start() {
    started_ = true;
    stream_shape shape{.closure = &closure_, .ordered = Yields::ordered, .collects_errors = Yields::outcomes};
    if (in_place()) {
      shape.entry = &placed::run;
    } else {
      shape.entry = &run_sent_items<item, Task, result>;
      if (way_ == route::resident) shape.closure_bytes = sizeof closure_;
    }
    core_.start(shape);
  }

  /// advance goes to the next parcel that has come back; false where there is none any more.
  bool advance() {
    if (!started_) start();
    recycle();
    fill();
    current_ = core_.take();
    arrival_ = 0;
    if (current_ != nullptr) {
      enter_arrival();
      return true;
    }
    if (input_error_) std::rethrow_exception(std::exchange(input_error_, nullptr));
    return false;
  }

  void fill() {
    auto now = clock::now();
    const auto begun = now;
    while (!input_over_) {
      if ((input_is_slow_ || now - begun > slow) && core_.ready()) return;
      const std::uint64_t items = core_.wanted();
      if (items == 0) return;
      std::unique_ptr<parcel> filled = fresh_parcel();
      now = pull(*filled, items, now);
      if (filled->count > 0) {
        if (in_place()) static_cast<placed&>(*filled).seal();
        pulled_ += filled->count;
        core_.put(std::move(filled));
      }
      if (input_over_) core_.finish();
    }
  }

  /// pull takes up to so many items from the input, and returns the time.
  clock::time_point pull(parcel& into, std::uint64_t items, clock::time_point begun) {
    try {
      while (into.count < items) {
        if (!input_.at_item()) {
          input_over_ = true;
          break;
        }
        add(into);
        ++into.count;
        const bool looks = into.count < items && (into.count < 16 || into.count % 32 == 0);
        if (looks && !whole_chunks_ && clock::now() - begun > slow) break;
      }
    } catch (...) {
      input_over_ = true;
      input_error_ = std::current_exception();
    }
    const auto now = clock::now();
    input_is_slow_ = now - begun > slow;
    return now;
  }

  void add(parcel& into) {
    if (in_place()) {
      auto& placed_into = static_cast<placed&>(into);
      if constexpr (input::stays) {
        placed_into.add(std::addressof(input_.here()));
      } else {
        placed_into.add(static_cast<item>(input_.here()));
      }
    } else {
      const auto append = [&into](const item& each) { add_encoded(into, each); };
      invoke_with<void, decltype(append), typename input::reference, item>(append, input_.here());
    }
  }

  std::unique_ptr<parcel> fresh_parcel() {
    std::unique_ptr<parcel> fresh;
    if (!spare_.empty()) {
      fresh = std::move(spare_.back());
      spare_.pop_back();
    } else if (in_place()) {
      fresh = std::make_unique<placed>(closure_.task, scope_);
    } else {
      fresh = std::make_unique<parcel>();
    }
    fresh->first = pulled_;
    return fresh;
  }

  void recycle() {
    if (current_ == nullptr) return;
    current_->clear();
    if (current_->input.capacity() + current_->results.capacity() <= most_spare_bytes) {
      spare_.push_back(std::move(current_));
    }
    current_ = nullptr;
  }

  /// take_result takes the next result of the current parcel; false where there is none.
  bool take_result(std::optional<value>& into) {
    while (current_ != nullptr && arrival_ < current_->readable) {
      const arrival& from = current_->arrivals[arrival_];
      if (item_ == from.first + from.count) {
        ++arrival_;
        enter_arrival();
        continue;
      }
      const std::uint64_t number = item_++;
      if (from.error) {
        if constexpr (Yields::outcomes) into.emplace(number, from.error);
      } else if (in_place()) {
        Yields::put(into, number, static_cast<placed&>(*current_).take_result(number));
      } else {
        decode_result(into, number);
      }
      return true;
    }
    return false;
  }

  /// Where a result that cannot be decoded ends is not known, so the rest of its arrival cannot be either.
  void decode_result(std::optional<value>& into, std::uint64_t number) {
    if constexpr (!Yields::outcomes) {
      try {
        Yields::put(into, number, detail::decode<result>(reader_));
      } catch (...) {
        std::rethrow_exception(failure_of(std::current_exception(), number, 0));
      }
    } else {
      try {
        if (!unreadable_) return Yields::put(into, number, detail::decode<result>(reader_));
      } catch (...) {
        unreadable_ = failure_of(std::current_exception(), number, 0);
      }
      into.emplace(number, unreadable_);
    }
  }

  void enter_arrival() {
    if (arrival_ >= current_->readable) return;
    const arrival& next = current_->arrivals[arrival_];
    item_ = next.first;
    unreadable_ = nullptr;
    reader_ = byte_reader{{current_->results.data() + next.offset, next.bytes}};
  }

  input input_;
  const stream_closure<Task> closure_;
  const void* scope_;
  const bool whole_chunks_;
  const route way_;

  bool started_ = false;
  bool over_ = false;
  bool input_over_ = false;
  bool input_is_slow_ = false;
  std::exception_ptr input_error_;
  std::uint64_t pulled_ = 0;

  std::vector<std::unique_ptr<parcel>> spare_;
  std::unique_ptr<parcel> current_;  // results are taken out of this one
  std::size_t arrival_ = 0;          // out of this arrival of it
  std::uint64_t item_ = 0;           // this item comes next
  byte_reader reader_{{}};
  std::exception_ptr unreadable_;  // why the results that reader_ is at cannot be had

  stream_core core_;  // goes first: until then workers use the rest
};

}  // namespace yoke::detail
