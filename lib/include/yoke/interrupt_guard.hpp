#pragma once

#include <yoke/pool.hpp>

#include <cstdint>

namespace yoke {
inline namespace v0 {

/// interrupt_guard gives Ctrl-C the meaning that users of a parallel program expect, while it lives.
///
///     yoke::pool pool;
///     yoke::interrupt_guard guard{pool};
///     try {
///       work(pool);
///     } catch (const yoke::cancelled&) {
///       return yoke::interrupt_guard::exit_status;
///     }
///
/// The first SIGINT interrupts the pool: as with pool::cancel(), items that are being run are finished, no other is
/// started, and the calls throw yoke::cancelled; so does every call made from then on, until the guard is gone. The
/// second ends the program the way SIGINT does without a handler, and its workers with it. Workers never see SIGINT.
///
/// It handles no other signal: SIGTERM, SIGHUP and the rest end the program as ever, and its workers within
/// moments. A SIGINT that was ignored when the first guard was made, as in a shell's background job, stays ignored. A
/// child that the program forks handles SIGINT as the program did before the guard.
class interrupt_guard {
 public:
  /// exit_status is what a shell expects of a program that ends because of Ctrl-C: 128 + SIGINT.
  static constexpr int exit_status = 130;

  /// Watches for one pool, also when that is moved; a pool that is destroyed is no longer watched. Several guards, for
  /// as many pools, may live at a time. Throws std::length_error for more than 64, and std::system_error.
  explicit interrupt_guard(pool& watched);
  /// Brings back what SIGINT meant before, with the last guard.
  ~interrupt_guard();
  interrupt_guard(const interrupt_guard&) = delete;
  interrupt_guard& operator=(const interrupt_guard&) = delete;

  /// interrupted tells whether SIGINT has come since the first of the guards alive was made: for loops that make no
  /// calls.
  [[nodiscard]] static bool interrupted() noexcept;

 private:
  std::uint64_t ticket_;
};

}  // namespace v0
}  // namespace yoke
