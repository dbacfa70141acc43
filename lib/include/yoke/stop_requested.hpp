#pragma once

namespace yoke {
inline namespace v0 {

/// stop_requested tells a task that nobody waits for its result any more, so that one which takes long may leave early,
/// in order, by returning or throwing anything:
///
///     for (const step& each : steps) {
///       if (yoke::stop_requested()) return partial;
///       ...
///     }
///
/// It becomes true when the item's deadline is over, 50 ms before its process gets SIGTERM; when the call
/// is cancelled, or an error of an earlier item has ended it; and by future::request_stop(). In a serial pool that a
/// task calls, also when the task itself is to stop. False outside of tasks, and in threads that a task has started.
/// Takes a few ns.
[[nodiscard]] bool stop_requested() noexcept;

}  // namespace v0
}  // namespace yoke
