#pragma once

#include <yoke/capabilities.hpp>
#include <yoke/detail/bulk_work.hpp>
#include <yoke/insights.hpp>
#include <yoke/options.hpp>
#include <yoke/stream_options.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace yoke::detail {

class array_memory;
class submission;
class task;
struct capture_verdict;

/// callable_facts are what decides where a callable can run.
struct callable_facts {
  std::span<const std::byte> state;  ///< its bytes, the padding cleared; empty where it has no state
  bool copies_plainly = false;       ///< its bytes may be copied to a worker
  bool returns_nothing = false;      ///< what it does, it does by writing somewhere
  std::uintptr_t entry = 0;          ///< the code that workers started earlier would run; 0: they have it
  /// The functions it consists of, where it is made of pointers to them; those are left out of its state.
  std::array<std::uintptr_t, 2> functions{};
};

struct stream_home;

/// route is how the items of one call get to the callable, and its results back.
enum class route : std::uint8_t {
  in_place,  ///< workers share the caller's memory: nothing is copied but errors
  resident,  ///< the pool's own processes: closure, items and results are copied
  team,      ///< processes forked for this call: closure and items are used where they are, results are copied
};

/// check_options throws std::invalid_argument for call options out of range.
void check_options(const call_options& options);

/// call_options_of are the options of a stream as far as a call has them too.
[[nodiscard]] call_options call_options_of(const stream_options& options);

/// pool_core is a pool without its templates: options, backend and engine.
class pool_core {
 public:
  explicit pool_core(const pool_options& options);
  pool_core(const pool_core&) = delete;
  pool_core& operator=(const pool_core&) = delete;
  ~pool_core();

  /// refuse_absent throws std::logic_error for a call of a pool that is not there: moved from, or seen from its task.
  [[noreturn]] static void refuse_absent();

  /// check_open throws pool_shut_down once the pool takes no calls any more.
  void check_open() const;

  /// choose decides the route of a call. Throws capture_error where no route would give the right answer.
  [[nodiscard]] route choose(const callable_facts& task, const call_options& options) const;

  /// admit throws where a task cannot run on the pool's workers as they are: capture_error.
  void admit(const callable_facts& task) const;

  /// submit takes a task in. Throws std::logic_error from inside one of the pool's tasks, pool_shut_down, pool_broken,
  /// std::invalid_argument for options that have no meaning for it.
  void submit(task& one, const call_options* options);

  /// poll and native_handle are the pool's functions of that name.
  void poll();
  [[nodiscard]] int native_handle();

  /// number is another one for each pool of a process.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  /// takes_any_capture is true where tasks run in this process, and nothing is asked of their captures.
  [[nodiscard]] bool takes_any_capture() const noexcept { return takes_any_capture_; }

  /// run runs a job on the pool's workers, or, for route::team, on processes forked now; returns when it is settled.
  /// Throws the first error by item index.
  void run(route way, const bulk_plan& plan, bulk_work& work);

  /// open_stream takes a stream in: what it uses of the pool, and for route::team processes forked now.
  [[nodiscard]] stream_home open_stream(route way, const stream_options& options);

  /// scope names the pool to the tasks that run in this process.
  [[nodiscard]] const void* scope() const;

  [[nodiscard]] capabilities describe() const;

  /// arrays is the memory that shared arrays of the pool lie in.
  [[nodiscard]] std::shared_ptr<array_memory> arrays() const;

  /// check_original throws forked_copy in a child that the host forked.
  void check_original() const;

  /// require_writable throws capture_error unless workers can write these bytes; `name` is the call that needs it.
  void require_writable(std::span<const std::byte> bytes, const char* name) const;

  /// join, join_for, stop and cancel are the pool's functions of that name. `until` is when join() gives up; true when
  /// no call was ended before it was done.
  bool join(std::chrono::steady_clock::time_point until);
  void stop();
  void cancel() noexcept;

  /// insights and reset_insights are the pool's functions of that name.
  [[nodiscard]] yoke::insights insights() const;
  void reset_insights();

  /// take_results returns what finalizers have returned since it was called last. Throws as pool::finalizer_results.
  [[nodiscard]] std::vector<std::vector<std::byte>> take_results(const std::type_info& wanted);

  /// interrupt cancels, and all calls that begin before resume() too. Both are safe in a signal handler.
  void interrupt() noexcept;
  void resume() noexcept;

 private:
  struct parts;

  [[nodiscard]] capture_verdict look_at(const callable_facts& task) const;
  [[nodiscard]] bool have_code(const callable_facts& task) const;
  void refuse_inside(const char* instead) const;
  submission& open_submission();
  static void end_submission(parts& of);
  /// in_call tells whether this thread is inside a call of the pool, in a callback for instance.
  [[nodiscard]] bool in_call() const;
  void refuse_in_call() const;
  /// abandon lets parts live on that somebody is inside of who will never leave.
  static void abandon(std::shared_ptr<parts> left);

  std::shared_ptr<parts> parts_;  // also of threads that drive the engine, or run a callback that destroys the pool
  std::uint64_t number_;
  bool takes_any_capture_;
};

/// forget_interrupts has the handlers of SIGINT leave `gone` alone from now on.
void forget_interrupts(const pool_core& gone) noexcept;

/// time_after is the time when `patience` from now is over, the end of time where it would be beyond that.
template <class Rep, class Period>
std::chrono::steady_clock::time_point time_after(std::chrono::duration<Rep, Period> patience) {
  using clock = std::chrono::steady_clock;
  const auto now = clock::now();
  const std::chrono::duration<double> most = clock::time_point::max() - now;
  if (std::chrono::duration<double>{patience} >= most) return clock::time_point::max();
  return now + std::chrono::ceil<clock::duration>(patience);
}

/// one_callable visits a task, which is a callable itself.
struct one_callable {
  template <class Task, class Visit>
  static void for_each_callable(Task& task, const Visit& visit) {
    visit(task);
  }
};

/// with_facts calls `ask` with what decides where `task` can run; its own processes would run it by `entry`. `Parts`
/// knows the callables that the task is made of.
template <class Parts = one_callable, class Task, class Ask>
decltype(auto) with_facts(const Task& task, bool returns_nothing, std::uintptr_t entry, const Ask& ask) {
  callable_facts facts{.state = {},
                       .copies_plainly = std::is_trivially_copyable_v<Task>,
                       .returns_nothing = returns_nothing,
                       .entry = entry};
  if constexpr (std::is_empty_v<Task>) {
    return ask(facts);
  } else if constexpr (std::is_trivially_copyable_v<Task>) {
    Task copy = task;
    __builtin_clear_padding(std::addressof(copy));  // it may hold old addresses
    std::size_t found = 0;
    Parts::for_each_callable(copy, [&](auto& callable) {
      if constexpr (is_function_pointer<std::remove_reference_t<decltype(callable)>>) {
        facts.functions[found++] = reinterpret_cast<std::uintptr_t>(std::exchange(callable, nullptr));
      }
    });
    facts.state = std::as_bytes(std::span{std::addressof(copy), 1});
    return ask(facts);
  } else {
    facts.state = std::as_bytes(std::span{std::addressof(task), 1});
    return ask(facts);
  }
}

/// choose_route asks `pool` for the route of a call of `task`.
template <class Parts = one_callable, class Task>
route choose_route(const pool_core& pool, const Task& task, bool returns_nothing, chunk_entry entry,
                   const call_options& options) {
  return with_facts<Parts>(task, returns_nothing, reinterpret_cast<std::uintptr_t>(entry),
                           [&](const callable_facts& facts) { return pool.choose(facts, options); });
}

}  // namespace yoke::detail
