// expect: pointer
#include <yoke/options.hpp>

#ifdef MUST_NOT_COMPILE
using result = int*;
#else
using result = int;
#endif

yoke::pool_options options() {
  return {.finalizer = [] { return result{}; }};
}
