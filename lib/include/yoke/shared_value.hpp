#pragma once

#include <yoke/detail/pool_access.hpp>
#include <yoke/detail/shared_block.hpp>
#include <yoke/pool.hpp>

#include <atomic>
#include <memory>
#include <new>

namespace yoke {
inline namespace v0 {

/// shared_value is one T that the workers of a pool read and write where it is; what shared_array says holds here, too.
///
///     yoke::shared_value<long> hits{pool, 0};
///     pool.for_each(points, [hits = hits.atomic()](const point& p) { if (inside(p)) ++hits; });
///
/// It takes a page of memory: put several values that belong together into one struct.
template <class T>
class shared_value {
 public:
  /// Makes a T in the memory of `of`. Throws std::bad_alloc, forked_copy.
  explicit shared_value(const pool& of, const T& value = T{})
      : block_{detail::pool_access::core(of), sizeof(T), sizeof(T), alignof(T)} {
    detail::require_shared<T>();
    ::new (static_cast<void*>(block_.data())) T(value);
  }

  /// get is a pointer that tasks may capture: it means the same in every worker.
  [[nodiscard]] T* get() noexcept { return reinterpret_cast<T*>(block_.data()); }
  [[nodiscard]] const T* get() const noexcept { return reinterpret_cast<const T*>(block_.data()); }

  [[nodiscard]] T& operator*() noexcept { return *get(); }
  [[nodiscard]] const T& operator*() const noexcept { return *get(); }
  [[nodiscard]] T* operator->() noexcept { return get(); }
  [[nodiscard]] const T* operator->() const noexcept { return get(); }

  /// atomic is what tasks capture to change a value that others change, too; T has to be one that the machine can
  /// change at once. An item that runs again, its worker having been killed, counts again.
  [[nodiscard]] std::atomic_ref<T> atomic() noexcept {
    static_assert(std::atomic_ref<T>::is_always_lock_free,
                  "yoke: a lock would lie in the memory of one process: use a number, or a struct of at most 8 bytes");
    return std::atomic_ref<T>{*get()};
  }

 private:
  detail::shared_block block_;
};

}  // namespace v0
}  // namespace yoke
