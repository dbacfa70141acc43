#include "bench/report/figures_text.hpp"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

using scale = std::pair<double, std::string_view>;

std::string digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

template <std::size_t Count>
const scale& scale_for(double value, const std::array<scale, Count>& scales) {
  for (const scale& each : scales)
    if (std::abs(value) >= each.first * 0.9995) return each;
  return scales.back();
}

constexpr std::array<scale, 4> seconds_scales{{{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
constexpr std::array<scale, 4> bytes_scales{{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}};

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

std::string percent(double share) {
  if (!std::isfinite(share)) return "-";
  const double hundredths = share * 100;
  return fmt::format("{:.{}f} %", hundredths, std::abs(hundredths) < 9.95 ? 1 : 0);
}

std::string times_text(double ratio) { return std::isfinite(ratio) ? fmt::format("{:.2f} x", ratio) : "-"; }

std::string number_text(double value) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "unbounded" : "-unbounded";
  if (value != 0 && (std::abs(value) < 0.005 || std::abs(value) >= 1e9)) return fmt::format("{:.2g}", value);
  return std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : digits(value);
}

std::string interval_text(const interval& figure) {
  if (std::isnan(figure.value)) return "-";
  if (std::isnan(figure.low)) return number_text(figure.value);
  return fmt::format("{} ({} to {})", number_text(figure.value), number_text(figure.low), number_text(figure.high));
}

std::string seconds_interval(const interval& figure) {
  if (std::isnan(figure.low)) return seconds_text(figure.value);
  const auto& [factor, unit] = scale_for(figure.value, seconds_scales);
  return fmt::format("{} {} ({} to {})", digits(figure.value / factor), unit, digits(figure.low / factor),
                     digits(figure.high / factor));
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
