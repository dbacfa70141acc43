#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace yoke {
namespace detail {

/// new_local enters how workers make an object of theirs, and returns the name it goes by: no address, and not 0.
std::uint64_t new_local(std::function<std::shared_ptr<void>()> make);

/// local_object returns the object of that name that the running worker has, making it where there is none yet.
void* local_object(std::uint64_t name);

}  // namespace detail

inline namespace v0 {

/// worker_local<T> gives each worker a T of its own, made when the worker asks for it first and kept from task to task:
///
///     yoke::worker_local<connection> database{[] { return connection{"host=db"}; }};
///     yoke::pool pool;
///     pool.for_each(orders, [database](const order& o) { database.local().insert(o); });
///
/// A worker is a process, a thread, or, in a serial pool, the pool. One that takes the place of another makes its own
/// again, and so do processes forked for one call. Objects are destroyed, the last one made first, when their worker
/// ends in order: when the pool is joined, or destroyed while no call is going on, and at items_per_worker. A process
/// that is killed destroys nothing.
///
/// The handle is one word, for tasks to capture; copies mean the same objects. It has to be made before the pool, or be
/// a static variable that the task names rather than captures; with start::exec only the latter. What it is made with
/// is kept until the program ends.
template <class T>
class worker_local {
 public:
  static_assert(std::is_object_v<T>, "yoke: a worker_local<T> makes objects: T is no reference and no function");

  /// Each worker's T is T{}.
  worker_local() requires std::default_initializable<T> : worker_local{[] { return T{}; }} {}

  /// Each worker's T is what `make` returns. It is called in the worker, as const, by several threads at a time.
  template <class Factory>
  requires std::copy_constructible<Factory> && std::is_invocable_r_v<T, const Factory&>
  explicit worker_local(Factory make)
      : name_{detail::new_local([make = std::move(make)]() -> std::shared_ptr<void> {
          return std::shared_ptr<T>{new T(std::as_const(make)())};
        })} {}

  /// local returns the T of the worker that the calling task, initializer or finalizer runs in. Takes a few ns.
  ///
  /// Throws what the factory throws, and asks it again the next time; std::logic_error outside of workers, in threads
  /// that a task has started, inside of its own factory, and where the worker does not know the handle.
  [[nodiscard]] T& local() const { return *static_cast<T*>(detail::local_object(name_)); }

 private:
  std::uint64_t name_;
};

}  // namespace v0
}  // namespace yoke
