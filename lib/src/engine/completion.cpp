#include <yoke/detail/completion.hpp>

namespace yoke::detail {
namespace {

thread_local constinit completion_list* running = nullptr;  // in this thread, innermost

}  // namespace

bool completion_list::left_outside() noexcept { return running != nullptr && !running->empty(); }

void completion_list::run_all() noexcept {
  if (empty()) return;
  if (running != nullptr) return running->append(*this);
  run_here();
}

void completion_list::run_here() noexcept {
  completion_list all;
  completion_list* const outside = std::exchange(running, &all);
  if (outside != nullptr) all.append(*outside);
  all.append(*this);
  while (completion* const one = all.pop()) one->run(all);
  running = outside;
}

void completion_list::append(completion_list& others) noexcept {
  while (completion* const one = others.pop()) push(*one);
}

}  // namespace yoke::detail
