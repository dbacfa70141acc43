// Prices an option by simulation. Each path has random numbers of its own, so the price is the same to the last bit on
// every backend, with any number of workers.

#include <yoke/yoke.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <iostream>
#include <random>
#include <ranges>

namespace {

constexpr std::uint64_t paths = 200'000;
constexpr int days = 50;

struct market {
  double price = 100;
  double strike = 105;
  double rate = 0.02;        // a year
  double volatility = 0.25;  // a year, of which the option runs one
};

/// payoff is what the option pays in the end of one path: the mean price of all days above the strike.
double payoff(const market& of, yoke::random_stream numbers) {
  constexpr double day = 1.0 / days;
  std::normal_distribution<double> shock;
  double price = of.price;
  double sum = 0;
  for (int step = 0; step < days; ++step) {
    const double drift = (of.rate - of.volatility * of.volatility / 2) * day;
    price *= std::exp(drift + of.volatility * std::sqrt(day) * shock(numbers));
    sum += price;
  }
  return std::max(0.0, sum / days - of.strike);
}

double price_with(yoke::pool& pool, const market& of, std::uint64_t seed) {
  const auto one_path = [of, seed](std::uint64_t path) { return payoff(of, yoke::random(seed, path)); };
  const double total = pool.transform_reduce(std::views::iota(std::uint64_t{0}, paths), 0.0, std::plus<>{}, one_path);
  return std::exp(-of.rate) * total / static_cast<double>(paths);
}

}  // namespace

int main() {
  const market today;
  yoke::pool processes;
  yoke::pool threads{{.backend = yoke::backend::threads, .workers = 3}};
  yoke::pool serial{yoke::backend::serial};
  const double price = price_with(processes, today, 2024);
  std::cout << std::fixed << std::setprecision(3) << price << '\n';
  const bool same = price == price_with(threads, today, 2024) && price == price_with(serial, today, 2024);
  std::cout << (same ? "the same on every backend\n" : "different\n");
}
