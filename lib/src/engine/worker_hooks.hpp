#pragma once

#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/chunk_call.hpp>
#include <yoke/errors.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <vector>

namespace yoke::detail {

class code_map;

/// hook is a worker_hook as workers call it: its code, and a callable that lies at one address in all of them.
struct hook {
  chunk_entry entry = nullptr;  ///< null: there is none
  const void* callable = nullptr;
};

/// worker_hooks are what each worker does first and last. A deadline of 0 is none; processes only.
struct worker_hooks {
  hook initializer;
  hook finalizer;
  bool keeps_results = false;  ///< the finalizer returns something
  std::chrono::nanoseconds initializer_deadline{0};
  std::chrono::nanoseconds finalizer_deadline{0};

  /// time_to_end is how long a finalizer may take.
  [[nodiscard]] std::chrono::nanoseconds time_to_end() const {
    if (finalizer.entry == nullptr) return std::chrono::nanoseconds{0};
    return finalizer_deadline.count() == 0 ? std::chrono::nanoseconds::max() : finalizer_deadline;
  }
};

/// most_false_starts is how often in a row a worker may fail before it has begun: then the pool gives up.
inline constexpr std::uint32_t most_false_starts = 3;
/// most_killed_starts is the same for workers that SIGKILL or SIGTERM ended there, which may have come from elsewhere.
inline constexpr std::uint32_t most_killed_starts = 16;

/// run_hook calls a hook in a worker, and says whether it returned. `into` gets the result, or the error, encoded.
bool run_hook(const hook& called, byte_sink& into, const code_map* code = nullptr);

/// farewell is what came of one hook of a worker that has ended.
struct farewell {
  enum class kind : std::uint8_t {
    returned,  ///< the hook returned: `bytes` are the result
    threw,     ///< it threw: `bytes` are the error, or empty where memory did not suffice for it
    died,      ///< it ended its worker: `end` says how
  };
  kind how = kind::returned;
  bool of_initializer = false;
  yoke::worker_end end;  ///< of the worker; no more than its number where it is a thread, or has not died of it
  std::vector<std::byte> bytes;
};

/// error_of is what a farewell says that is no result.
[[nodiscard]] std::exception_ptr error_of(const farewell& sad);

}  // namespace yoke::detail
