#include "bench/report/figures_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

using scale = std::pair<double, std::string_view>;

constexpr int most_decimals = 6;

/// decimals_of is how many decimals show three digits of a value, and two of one below 0.1.
int decimals_of(double value) {
  const double size = std::abs(value);
  if (size >= 100 || !std::isfinite(size)) return 0;
  if (size >= 10) return 1;
  if (size >= 0.1 || size == 0) return 2;
  return std::min(1 - static_cast<int>(std::floor(std::log10(size))), most_decimals);
}

std::string fixed(double value, int decimals) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "unbounded" : "-unbounded";
  const bool exponent = std::abs(value) >= 1e9 || (value != 0 && std::abs(value) < 1e-5 && decimals == most_decimals);
  return exponent ? fmt::format("{:.2g}", value) : fmt::format("{:.{}f}", value, decimals);
}

std::string digits(double value) { return fixed(value, decimals_of(value)); }

template <std::size_t Count>
const scale& scale_for(double value, const std::array<scale, Count>& scales) {
  for (const scale& each : scales)
    if (std::abs(value) >= each.first * 0.9995) return each;
  return scales.back();
}

constexpr std::array<scale, 4> seconds_scales{{{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
constexpr std::array<scale, 4> bytes_scales{{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}};
constexpr std::array<scale, 4> binary_scales{
    {{1024.0 * 1024 * 1024, "GiB"}, {1024.0 * 1024, "MiB"}, {1024, "KiB"}, {1, "B"}}};

}  // namespace

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds == 0) return "0 s";
  const auto& [factor, unit] = scale_for(seconds, seconds_scales);
  return fmt::format("{} {}", digits(seconds / factor), unit);
}

std::string bytes_text(double bytes) {
  if (!std::isfinite(bytes)) return "-";
  const auto& [factor, unit] = scale_for(bytes, bytes_scales);
  return factor == 1 ? fmt::format("{:.0f} B", bytes) : fmt::format("{} {}", digits(bytes / factor), unit);
}

std::string binary_bytes_text(double bytes) {
  if (!std::isfinite(bytes)) return "-";
  const auto& [factor, unit] = scale_for(bytes, binary_scales);
  const double count = bytes / factor;
  return count == std::floor(count) ? fmt::format("{:.0f} {}", count, unit) : fmt::format("{} {}", digits(count), unit);
}

std::string percent(double share) {
  if (!std::isfinite(share)) return "-";
  const double hundredths = share * 100;
  return fmt::format("{:.{}f} %", hundredths, std::abs(hundredths) < 9.95 ? 1 : 0);
}

std::string times_text(double ratio) { return std::isfinite(ratio) ? digits(ratio) + " x" : "-"; }

std::string number_text(double value) { return digits(value); }

std::string bounds_text(const interval& figure) {
  const int decimals = decimals_of(figure.value);
  return fmt::format("{} to {}", fixed(figure.low, decimals), fixed(figure.high, decimals));
}

std::string interval_text(const interval& figure) {
  if (std::isnan(figure.value)) return "-";
  if (std::isnan(figure.low)) return number_text(figure.value);
  return fmt::format("{} ({})", number_text(figure.value), bounds_text(figure));
}

std::string seconds_interval(const interval& figure) {
  if (std::isnan(figure.low)) return seconds_text(figure.value);
  const auto& [factor, unit] = scale_for(figure.value, seconds_scales);
  const interval scaled{figure.value / factor, figure.low / factor, figure.high / factor};
  return fmt::format("{} {} ({})", digits(scaled.value), unit, bounds_text(scaled));
}

std::string cell_text(const cell& of) {
  switch (of.backend) {
    case backend::serial:
      return "the serial loop";
    case backend::threads:
      return fmt::format("threads x {}", of.workers);
    case backend::processes:
      break;
  }
  return fmt::format("processes x {}", of.workers);
}

std::string full_cell_text(const cell& of) {
  if (of.shows == scaling::weak) return cell_text(of) + " (weak)";
  return of.shows == scaling::count ? fmt::format("{} ({} items)", cell_text(of), of.items) : cell_text(of);
}

std::string break_even_text(const break_even_point& at) {
  using place = break_even_point::place;
  switch (at.where) {
    case place::at:
      return "from items of " + seconds_text(at.seconds) + " on";
    case place::below:
      return "already with the shortest items measured, " + seconds_text(at.seconds);
    case place::above:
      return "not even with the longest items measured, " + seconds_text(at.seconds);
    case place::nowhere:
      break;
  }
  return "unknown: no workload with items of known length was measured";
}

}  // namespace yoke::bench
