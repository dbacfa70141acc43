// expect: no strings or containers
#include <yoke/yoke.hpp>

#include <string>

#ifdef MUST_NOT_COMPILE
using element = std::string;
#else
using element = int;
#endif

std::size_t size_of_array(const yoke::pool& pool) { return yoke::shared_array<element>{pool, 3}.size(); }
