#include <yoke/detail/completion.hpp>

namespace yoke::detail {
namespace {

// A callback that waits may run others meanwhile, which may wait in their turn: so deep, and no deeper.
constexpr int deepest = 16;

thread_local constinit completion_list* running = nullptr;  // in this thread, innermost
thread_local constinit int deep = 0;

}  // namespace

bool completion_list::may_run() noexcept { return deep < deepest; }

bool completion_list::left_outside() noexcept { return running != nullptr && !running->empty() && may_run(); }

void completion_list::run_left() noexcept {
  completion_list none;
  if (left_outside()) none.run_here();
}

void completion_list::forget_inherited() noexcept {
  running = nullptr;
  deep = 0;
}

void completion_list::run_all() noexcept {
  if (empty()) return;
  if (running != nullptr) return running->append(*this);
  run_here();
}

void completion_list::run_here() noexcept {
  completion_list all;
  completion_list* const outside = std::exchange(running, &all);
  ++deep;
  if (outside != nullptr) all.append(*outside);
  all.append(*this);
  while (completion* const one = all.pop()) one->run(all);
  --deep;
  running = outside;
}

completion_list completion_list::pop_future() noexcept {
  completion_list together;
  do {
    together.push(*pop());
  } while (first_ != nullptr && first_->same_);
  return together;
}

void completion_list::append(completion_list& others) noexcept {
  while (completion* const one = others.pop()) push(*one);
}

}  // namespace yoke::detail
