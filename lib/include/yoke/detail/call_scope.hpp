#pragma once

namespace yoke::detail {

/// call_scope marks this thread, while it lives, as running a task or a callback of one pool.
///
/// A call of the same pool from inside would wait for itself: the engine looks here and refuses it. Scopes of different
/// pools nest.
class call_scope {
 public:
  explicit call_scope(const void* owner) noexcept;
  ~call_scope();
  call_scope(const call_scope&) = delete;
  call_scope& operator=(const call_scope&) = delete;

  /// inside tells whether this thread is in a scope of `owner`.
  [[nodiscard]] static bool inside(const void* owner) noexcept;

 private:
  const void* owner_;
  const call_scope* outer_;
};

}  // namespace yoke::detail
