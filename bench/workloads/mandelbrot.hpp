#pragma once

#include <cstdint>
#include <vector>

namespace yoke::bench {

/// mandelbrot is an image whose rows are the items: about a millisecond each, from a tenth of that to three times as
/// much.
struct mandelbrot {
  static constexpr int rows = 400;
  static constexpr int columns = 400;
  static constexpr std::uint16_t deepest = 3600;

  /// row returns how many steps each point of a row stays bounded.
  static std::vector<std::uint16_t> row(int y) { return row_of(y, rows); }

  /// row_of is the same in an image of that many rows.
  static std::vector<std::uint16_t> row_of(int y, int of) {
    std::vector<std::uint16_t> depths(columns);
    const double imaginary = -1.25 + 2.5 * y / of;
    for (int x = 0; x < columns; ++x) depths[static_cast<std::size_t>(x)] = depth(-2.0 + 2.7 * x / columns, imaginary);
    return depths;
  }

 private:
  static std::uint16_t depth(double real, double imaginary) {
    double a = 0;
    double b = 0;
    std::uint16_t steps = 0;
    while (steps < deepest && a * a + b * b <= 4) {
      const double next = a * a - b * b + real;
      b = 2 * a * b + imaginary;
      a = next;
      ++steps;
    }
    return steps;
  }
};

}  // namespace yoke::bench
