#pragma once

#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace yoke {
inline namespace v0 {

/// outcome is what became of one item: a T, or the exception that its task threw. Which item it was is index().
///
///     for (const auto& page : pool.imap(urls, fetch, yoke::outcomes)) {
///       if (page) show(*page); else report(urls[page.index()], page.error());
///     }
///
/// It is what std::expected<T, std::exception_ptr> would be, and knows its item.
template <class T>
class outcome {
 public:
  using value_type = T;

  outcome(std::uint64_t item, T result) : index_{item}, content_{std::in_place_index<0>, std::move(result)} {}
  outcome(std::uint64_t item, std::exception_ptr error) requires(!std::is_same_v<T, std::exception_ptr>)
      : index_{item}, content_{std::in_place_index<1>, std::move(error)} {}

  /// index is the number of the item in the input, from 0.
  [[nodiscard]] std::uint64_t index() const noexcept { return index_; }

  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// value returns the result, or throws the exception.
  T& value() & { return checked(*this); }
  const T& value() const& { return checked(*this); }
  T&& value() && { return std::move(checked(*this)); }

  /// value_or returns the result, or `other` where there is none.
  template <class Other>
  T value_or(Other&& other) const& {
    return has_value() ? **this : static_cast<T>(std::forward<Other>(other));
  }
  template <class Other>
  T value_or(Other&& other) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<Other>(other));
  }

  /// error returns the exception, or null where there is a result.
  [[nodiscard]] std::exception_ptr error() const noexcept { return has_value() ? nullptr : *std::get_if<1>(&content_); }

  /// * and -> are for where has_value() is known.
  T& operator*() & noexcept { return *std::get_if<0>(&content_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&content_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&content_)); }
  T* operator->() noexcept { return std::get_if<0>(&content_); }
  const T* operator->() const noexcept { return std::get_if<0>(&content_); }

 private:
  template <class Self>
  static auto& checked(Self& self) {
    if (!self.has_value()) std::rethrow_exception(*std::get_if<1>(&self.content_));
    return *self;
  }

  std::uint64_t index_;
  std::variant<T, std::exception_ptr> content_;
};

/// outcomes asks imap and imap_unordered for an outcome of each item, so that an error ends nothing.
struct outcomes_t {};
inline constexpr outcomes_t outcomes{};

}  // namespace v0
}  // namespace yoke
