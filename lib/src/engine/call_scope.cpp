#include <yoke/detail/call_scope.hpp>

namespace yoke::detail {

namespace {

thread_local constinit const call_scope* innermost = nullptr;

}  // namespace

call_scope::call_scope(const void* owner) noexcept : owner_{owner}, outer_{innermost} { innermost = this; }

call_scope::~call_scope() { innermost = outer_; }

bool call_scope::inside(const void* owner) noexcept {
  for (const call_scope* scope = innermost; scope != nullptr; scope = scope->outer_) {
    if (scope->owner_ == owner) return true;
  }
  return false;
}

}  // namespace yoke::detail
