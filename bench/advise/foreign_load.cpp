#include "bench/advise/foreign_load.hpp"

#include "bench/results/unknown.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <unistd.h>

namespace yoke::bench {

double taken_seconds(const std::string& stat) {
  std::ifstream file{stat};
  std::string name;
  double user = 0;
  double nice = 0;
  double system = 0;
  if (!(file >> name >> user >> nice >> system)) return unknown;
  double idle = 0;
  double waiting = 0;
  double interrupts = 0;
  double soft_interrupts = 0;
  double stolen = 0;
  if (!(file >> idle >> waiting >> interrupts >> soft_interrupts >> stolen)) stolen = 0;
  return (user + nice + system + stolen) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double foreign_share(double taken, double by_us, double capacity) {
  return std::isnan(taken) ? unknown : std::max(0.0, taken - by_us) / capacity;
}

}  // namespace yoke::bench
