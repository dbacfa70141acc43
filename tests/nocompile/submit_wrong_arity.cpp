// expect: no matching function for call
#include <yoke/pool.hpp>

int add(int left, int right) { return left + right; }

#ifdef MUST_NOT_COMPILE
auto sum(yoke::pool& pool) { return pool.submit(add, 1); }
#else
auto sum(yoke::pool& pool) { return pool.submit(add, 1, 2); }
#endif
