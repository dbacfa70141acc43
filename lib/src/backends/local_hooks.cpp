#include "backends/local_hooks.hpp"

#include <yoke/detail/call_scope.hpp>

#include "engine/heap_sink.hpp"

#include <new>
#include <utility>

namespace yoke::detail {

farewell local_hooks::call(const hook& called, bool of_initializer, int worker) const {
  const call_scope inside{scope_};
  heap_sink into;
  farewell outcome;
  outcome.of_initializer = of_initializer;
  outcome.end.pid = worker;
  outcome.how = run_hook(called, into) ? farewell::kind::returned : farewell::kind::threw;
  try {
    outcome.bytes.assign(into.bytes().begin(), into.bytes().end());
  } catch (const std::bad_alloc&) {
    outcome.how = farewell::kind::threw;
  }
  return outcome;
}

bool local_hooks::begin(int worker, worker_state& state) {
  if (hooks_.initializer.entry == nullptr) return true;
  for (;;) {
    {
      const std::lock_guard lock{mutex_};
      if (given_up_) return false;
    }
    const farewell outcome = call(hooks_.initializer, true, worker);
    if (outcome.how != farewell::kind::returned) state.clear();
    const std::lock_guard lock{mutex_};
    if (outcome.how == farewell::kind::returned) {
      false_starts_ = 0;
      return true;
    }
    if (++false_starts_ >= most_false_starts && !given_up_) given_up_ = error_of(outcome);
  }
}

void local_hooks::end(int worker) {
  if (hooks_.finalizer.entry == nullptr) return;
  farewell outcome = call(hooks_.finalizer, false, worker);
  if (outcome.how == farewell::kind::returned && !hooks_.keeps_results) return;
  const std::lock_guard lock{mutex_};
  farewells_.push_back(std::move(outcome));
}

void local_hooks::check() {
  const std::lock_guard lock{mutex_};
  if (given_up_) std::rethrow_exception(given_up_);
}

std::vector<farewell> local_hooks::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(farewells_, {});
}

}  // namespace yoke::detail
