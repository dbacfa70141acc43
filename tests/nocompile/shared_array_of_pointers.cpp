// expect: a raw pointer leads nowhere in another process
#include <yoke/yoke.hpp>

#ifdef MUST_NOT_COMPILE
struct element {
  int* where = nullptr;
};
#else
struct element {
  int index = 0;
};
#endif

std::size_t size_of_array(const yoke::pool& pool) { return yoke::shared_array<element>{pool, 3}.size(); }
