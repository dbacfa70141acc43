#include "failing_heap.hpp"

#include <cstddef>
#include <new>

namespace yoke_test {
namespace {

thread_local int left = 0;  // until the one that fails; 0: none does
thread_local bool has_failed = false;

}  // namespace

void failing_heap::arm(int nth) {
  left = nth;
  has_failed = false;
}

bool failing_heap::disarm() {
  left = 0;
  return has_failed;
}

}  // namespace yoke_test

// The linker's --wrap chooses these names: of operator new(std::size_t).
// NOLINTBEGIN(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp)
extern "C" {

void* __real__Znwm(std::size_t bytes);
void* __wrap__Znwm(std::size_t bytes) {
  if (yoke_test::left > 0 && --yoke_test::left == 0) {
    yoke_test::has_failed = true;
    throw std::bad_alloc{};
  }
  return __real__Znwm(bytes);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp)
