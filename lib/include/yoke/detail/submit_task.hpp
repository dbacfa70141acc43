#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/callback.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/task_of.hpp>
#include <yoke/future.hpp>

#include <atomic>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// admit_task throws where the pool's workers cannot run the task. It costs nothing for a function without state whose
/// type has been admitted before.
template <class Task>
void admit_task(const pool_core& pool, const Task& one, bool returns_nothing) {
  if (pool.takes_any_capture()) return;
  using function = std::remove_cvref_t<decltype(one.function())>;
  std::atomic<std::uint64_t>& admitted_by = Task::kind().admitted_by;
  const bool known = admitted_by.load(std::memory_order_relaxed) == pool.number();
  if (known && std::is_empty_v<function>) return;
  const auto entry = known ? 0 : reinterpret_cast<std::uintptr_t>(Task::resident_entry());
  with_facts(one.function(), returns_nothing, entry, [&](const callable_facts& facts) { pool.admit(facts); });
  admitted_by.store(pool.number(), std::memory_order_relaxed);
}

/// submit_task makes a task and its future, and gives it to the pool. `options` may be null.
template <class Function, class... Arguments>
auto submit_task(pool_core& pool, const call_options* options, Function&& function, Arguments&&... arguments) {
  using result = task_result<Function, Arguments...>;
  using task_type = task_of<result, std::decay_t<Function>, stored_argument<Arguments>...>;
  if constexpr (!std::is_void_v<result>) require_result<result>();
  (require_result<stored_argument<Arguments>>(), ...);
  auto* const one = new task_type(std::forward<Function>(function), std::forward<Arguments>(arguments)...);
  state_pointer held{one};
  admit_task(pool, *one, std::is_void_v<result>);
  pool.submit(*one, options);
  return future_access::make<future<result>>(std::move(held));
}

}  // namespace yoke::detail
