#include "bench/results/cell.hpp"

namespace yoke::bench {

std::string_view to_string(scaling value) {
  switch (value) {
    case scaling::strong:
      return "strong";
    case scaling::weak:
      return "weak";
    case scaling::count:
      return "count";
  }
  return "unknown";
}

}  // namespace yoke::bench
