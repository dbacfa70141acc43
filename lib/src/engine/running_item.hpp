#pragma once

#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/task.hpp>

#include <atomic>

namespace yoke::detail {

/// running_item is, while it exists, what this thread runs: where stop_requested() looks. A task that calls a serial
/// pool runs that one's items inside.
class running_item {
 public:
  running_item(const progress_words& progress, const chunk_call& call);
  running_item(const running_item&) = delete;
  running_item& operator=(const running_item&) = delete;
  ~running_item();

  /// obeys names the order of the task that begins now, one of those that were submitted by themselves.
  static void obeys(const std::atomic<task_order>& order) noexcept;

  /// forget_inherited says, in a new process, that nothing runs here: what did when it was forked is another's.
  static void forget_inherited() noexcept;

  /// any_is_unwanted looks at the item that this thread runs, and at those that it runs inside of.
  [[nodiscard]] static bool any_is_unwanted() noexcept;

 private:
  [[nodiscard]] bool is_unwanted() const noexcept;

  const progress_words& progress_;
  const chunk_call& call_;
  const std::atomic<task_order>* order_ = nullptr;
  running_item* const outer_;
};

}  // namespace yoke::detail
