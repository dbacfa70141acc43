#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace yoke {
inline namespace v0 {

/// progress_report says how far one call has come.
struct progress_report {
  std::uint64_t done = 0;    ///< items whose results are there
  std::uint64_t failed = 0;  ///< items that threw or were lost
  std::uint64_t total = 0;   ///< items of the call
  std::chrono::nanoseconds elapsed{0};
  std::chrono::nanoseconds remaining{0};  ///< at the pace so far; 0 while nothing is done
  bool last = false;                      ///< the call has ended: nothing is reported behind this
};

/// progress_callback is what call_options::progress holds: a copy of something that can be called with a
/// progress_report, or nothing.
///
///     pool.map(items, task, {.progress = [&](const yoke::progress_report& now) { show(now.done, now.total); }});
///
/// It takes callables of up to four pointers that are copied by their bytes, such as a lambda with a few references.
/// What is larger stays where it is: give it as std::ref(callable).
class progress_callback {
 public:
  constexpr progress_callback() = default;

  template <class Callable>
  requires(!std::same_as<Callable, progress_callback> && std::invocable<Callable&, const progress_report&>)
      progress_callback(Callable callable)  // NOLINT(google-explicit-constructor)
      : call_{[](const progress_callback& self, const progress_report& report) {
          alignas(Callable) std::array<std::byte, sizeof(Callable)> copy;
          std::memcpy(copy.data(), self.state_.data(), sizeof(Callable));
          (*reinterpret_cast<Callable*>(copy.data()))(report);
        }} {
    static_assert(std::is_trivially_copyable_v<Callable> && sizeof(Callable) <= room && alignof(Callable) <= room,
                  "yoke: a progress callback holds at most four pointers and no objects: keep it in a variable and "
                  "give {.progress = std::ref(variable)}");
    std::memcpy(state_.data(), &callable, sizeof(Callable));
  }

  [[nodiscard]] constexpr explicit operator bool() const { return call_ != nullptr; }
  void operator()(const progress_report& report) const { call_(*this, report); }

 private:
  static constexpr std::size_t room = 4 * sizeof(void*);

  void (*call_)(const progress_callback&, const progress_report&) = nullptr;
  alignas(void*) std::array<std::byte, room> state_{};
};

/// progress_bar shows on standard error how far a call has come, where that is a terminal that can redraw a line (TERM
/// is set, and not to "dumb"); elsewhere it is silent.
///
///     yoke::progress_bar bar{"rendering"};
///     pool.map(rows, render, {.progress = bar});
///
/// It fits the terminal's width, has no colours where NO_COLOR is set, ends with a line of its own when all items are
/// done, and wipes itself when the call fails. It may be used for one call after the other, and has to outlive them.
class progress_bar {
 public:
  explicit progress_bar(std::string_view label = {});
  /// Wipes what is still shown.
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void operator()(const progress_report& now);

  operator progress_callback() {  // NOLINT(google-explicit-constructor)
    return [this](const progress_report& now) { (*this)(now); };
  }

 private:
  void wipe();

  std::string label_;
  bool on_terminal_;
  bool coloured_;
  bool shown_ = false;
};

}  // namespace v0
}  // namespace yoke
