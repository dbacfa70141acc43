// A batch of simulations with a progress bar, and what the workers did in the end. One parameter set makes the
// simulation diverge: it fails alone.

#include <yoke/yoke.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct pendulum {
  double length = 1;   // metres
  double damping = 0;  // 1/s
};

/// swings simulates a minute, and returns how often the pendulum passes the bottom.
int swings(const pendulum& of) {
  constexpr double step = 1e-4;
  double angle = 1;
  double speed = 0;
  int passes = 0;
  for (double time = 0; time < 60; time += step) {
    const double before = angle;
    speed += (-9.81 / of.length * std::sin(angle) - of.damping * speed) * step;
    angle += speed * step;
    if (!std::isfinite(angle)) throw std::domain_error{"diverges with a length of " + std::to_string(of.length)};
    if ((before > 0) != (angle > 0)) ++passes;
  }
  return passes;
}

}  // namespace

int main() {
  std::vector<pendulum> batch;
  for (int i = 1; i <= 60; ++i) batch.push_back({.length = 0.1 * i, .damping = 0.01 * (i % 5)});
  batch[41].length = 0;

  yoke::pool pool{{.insights = yoke::insights_level::counters}};
  yoke::progress_bar bar{"pendulums"};
  try {
    pool.map(batch, swings, {.progress = bar});
  } catch (const std::domain_error& error) {
    std::cout << "the first error: " << error.what() << '\n';
  }

  batch[41].length = 4.2;
  int most = 0;
  for (const int each : pool.map(batch, swings, {.progress = bar})) most = std::max(most, each);
  const yoke::insights did = pool.insights();
  const double seconds = std::chrono::duration<double>(did.total().work).count();
  std::cout << "at most " << most << " passes, " << did.items_failed << " simulation failed, " << did.workers.size()
            << " workers computed for " << seconds << " s\n";
}
