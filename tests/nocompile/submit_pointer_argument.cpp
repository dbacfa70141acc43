// expect: a raw pointer leads nowhere in another process
#include <yoke/pool.hpp>

#ifdef MUST_NOT_COMPILE
auto first(yoke::pool& pool, int* numbers) {
  return pool.submit([](int* at) { return *at; }, numbers);
}
#else
auto first(yoke::pool& pool, const int* numbers) {
  return pool.submit([](int at) { return at; }, *numbers);
}
#endif
