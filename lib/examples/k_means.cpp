// Lloyd's k-means. The centres travel with the task, as plain values; each round is one reduction, so the result is the
// same to the last bit with any number of workers.

#include <yoke/yoke.hpp>

#include <array>
#include <iomanip>
#include <iostream>
#include <vector>

namespace {

constexpr int clusters = 3;

struct point {
  double x = 0;
  double y = 0;
};

using centres = std::array<point, clusters>;

struct sums {
  centres total{};
  std::array<long, clusters> points{};
};

/// three_clouds is a repeatable cloud of points around each of (1, 1), (11, 1) and (1, 11).
std::vector<point> three_clouds(int points) {
  std::vector<point> cloud;
  unsigned state = 1;
  const auto noise = [&state] {
    state = state * 1664525U + 1013904223U;
    return static_cast<double>(state >> 8) / (1U << 24) - 0.5;
  };
  for (int i = 0; i < points; ++i) {
    cloud.push_back({.x = (i % 3 == 1 ? 11 : 1) + noise(), .y = (i % 3 == 2 ? 11 : 1) + noise()});
  }
  return cloud;
}

std::size_t nearest(const centres& to, const point& p) {
  const auto distance = [&](const point& c) { return (p.x - c.x) * (p.x - c.x) + (p.y - c.y) * (p.y - c.y); };
  std::size_t best = 0;
  for (std::size_t k = 1; k < to.size(); ++k) {
    if (distance(to[k]) < distance(to[best])) best = k;
  }
  return best;
}

sums add(sums left, const sums& right) {
  for (std::size_t k = 0; k < clusters; ++k) {
    left.total[k].x += right.total[k].x;
    left.total[k].y += right.total[k].y;
    left.points[k] += right.points[k];
  }
  return left;
}

}  // namespace

int main() {
  yoke::pool pool;
  const auto cloud = three_clouds(90'000);
  centres guess{cloud[0], cloud[1], cloud[2]};
  for (int round = 0; round < 10; ++round) {
    const auto assign = [guess](sums so_far, const point& p) {
      const std::size_t k = nearest(guess, p);
      so_far.total[k] = {.x = so_far.total[k].x + p.x, .y = so_far.total[k].y + p.y};
      ++so_far.points[k];
      return so_far;
    };
    const sums found = pool.reduce(cloud, sums{}, assign, add);
    for (std::size_t k = 0; k < clusters; ++k) {
      const auto n = static_cast<double>(found.points[k]);
      guess[k] = {.x = found.total[k].x / n, .y = found.total[k].y / n};
    }
  }
  for (const point& c : guess) std::cout << std::fixed << std::setprecision(1) << c.x << ' ' << c.y << '\n';
}
