#pragma once

#include <cstddef>

namespace yoke {
inline namespace v0 {

/// capabilities says what a pool's backend can do, so that callers ask instead of running into an unsupported call.
struct capabilities {
  std::size_t workers = 0;        ///< workers that run at the same time; 1 for serial
  bool isolates_crashes = false;  ///< a task that crashes fails its own item only; the caller survives
  bool shares_memory =
      false;              ///< tasks see the caller's memory as it is now, and results move instead of being encoded
  bool can_kill = false;  ///< a running task can be ended from outside
  /// Tasks may refer to the caller's memory (`[&]`, containers, constants), and see it as it is at the call.
  bool sees_captures = false;
  bool huge_pages = false;  ///< shared arrays of 2 MiB and more lie in huge pages, as far as the system has any
};

}  // namespace v0
}  // namespace yoke
