#pragma once

#include <yoke/detail/stream_state.hpp>
#include <yoke/outcome.hpp>
#include <yoke/stream_options.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace yoke {
inline namespace v0 {

/// stream is what imap and imap_unordered return: a range of values that is read once, while the items are computed.
///
///     for (auto& line : pool.imap(std::views::istream<std::string>(std::cin), parse)) use(line);
///
/// **Lazy.** Nothing happens before begin(). Then begin() and ++ take items from the input, hand them to the workers,
/// and wait for the next result: the input and its iterators are used by the thread that reads the stream alone, inside
/// these two. At most `window` items are taken ahead of what has been yielded; so the input may be endless, or read
/// from a pipe. Where an item of the input takes long to come, results that are there are yielded first.
///
/// **Errors.** The first by input index is thrown in its place, behind the values of all items before it, and the
/// stream ends; with yoke::outcomes it is yielded, and the stream goes on. An exception of the input's iterators, or of
/// a codec that encodes an item, comes unchanged behind the values of all items taken before it, and ends the stream
/// too. When the pool is cancelled, stopped or destroyed, the next step throws cancelled or pool_shut_down.
///
/// **Early end.** A stream may be destroyed at any time, as when a loop is left: nothing new is started, items that
/// are running are ended where workers can be killed and awaited elsewhere, and the rest is dropped.
///
/// A stream may be moved to another thread, but is read by one at a time. Any number may be open, and other calls of
/// the pool may be made while one is. A pool's join() waits for the open streams of other threads; with one of its own
/// open, a thread gets std::logic_error.
template <class Value>
class [[nodiscard]] stream {
 public:
  using value_type = Value;

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;

    iterator() = default;

    /// The value may be moved from; it is there until the next ++.
    Value& operator*() const { return *at_->current; }
    Value* operator->() const { return std::addressof(*at_->current); }
    iterator& operator++() {
      at_->step();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t /*end*/) { return !at.at_->current; }

   private:
    friend stream;
    explicit iterator(detail::stream_position<Value>& at) : at_{&at} {}

    detail::stream_position<Value>* at_ = nullptr;
  };

  /// For yoke's own use.
  explicit stream(std::unique_ptr<detail::stream_feed<Value>> feed)
      : at_{std::make_unique<detail::stream_position<Value>>(std::move(feed))} {}

  /// begin waits for the first value; later it returns where the stream is.
  [[nodiscard]] iterator begin() {
    if (!at_->begun) {
      at_->begun = true;
      at_->step();
    }
    return iterator{*at_};
  }
  [[nodiscard]] static std::default_sentinel_t end() { return {}; }

 private:
  std::unique_ptr<detail::stream_position<Value>> at_;
};

}  // namespace v0
}  // namespace yoke
