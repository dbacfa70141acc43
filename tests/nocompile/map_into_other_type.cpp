// expect: what the task of map_into returns has to convert to an element of the output
#include <yoke/yoke.hpp>

#include <string>
#include <vector>

#ifdef MUST_NOT_COMPILE
std::string result_of(int item) { return std::to_string(item); }
#else
double result_of(int item) { return item; }
#endif

void run(yoke::pool& pool, yoke::shared_array<int>& out) { pool.map_into(std::vector{1, 2, 3}, out, result_of); }
