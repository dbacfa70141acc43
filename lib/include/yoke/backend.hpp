#pragma once

#include <string_view>

namespace yoke {
inline namespace v0 {

/// backend chooses what runs a pool's tasks. Results are the same on each; what differs is cost and isolation.
enum class backend {
  processes,  ///< one process per usable CPU: a crash fails one item; arguments and results are copied
  threads,    ///< one thread per usable CPU, same scheduling: no copying, no isolation
  serial,     ///< inline in the calling thread: the baseline, and the debugger's friend
};

/// to_string returns "process", "thread" or "serial".
std::string_view to_string(backend value);

}  // namespace v0
}  // namespace yoke
