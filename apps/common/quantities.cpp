#include "common/quantities.hpp"

#include "common/command_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::uint64_t most_workers = 4096;
constexpr double shortest_duration = 1e-3;  // seconds
constexpr double longest_duration = 10'000 * 86'400.0;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 46;

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

std::size_t parse_size(std::string_view option, std::string_view text) {
  constexpr std::string_view suffixes = "KMGTkmgt";
  const std::size_t suffix = text.empty() ? std::string_view::npos : suffixes.find(text.back());
  std::uint64_t unit = 1;
  std::string_view digits = text;
  if (suffix != std::string_view::npos) {
    digits.remove_suffix(1);
    for (std::size_t power = 0; power <= suffix % 4; ++power) unit *= suffix < 4 ? 1024 : 1000;
  }
  const auto number = whole_number(digits);
  if (!number) {
    throw usage_error{
        fmt::format("{} {}: not a size; write bytes, or a whole number with K, M, G or T, such as 4M", option, text)};
  }
  if (*number == 0) throw usage_error{fmt::format("{} {}: a size is at least 1 byte; try 1M", option, text)};
  if (*number > most_bytes / unit) {
    throw usage_error{fmt::format("{} {}: more than any memory holds; try 4M", option, text)};
  }
  return *number * unit;
}

std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text) {
  struct unit {
    std::string_view suffix;
    double seconds;
  };
  constexpr std::array<unit, 6> units{{{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"", 1}}};
  const auto* const unit = std::ranges::find_if(units, [text](const auto& u) { return text.ends_with(u.suffix); });
  const std::string_view digits = text.substr(0, text.size() - unit->suffix.size());
  double value = 0;
  const auto [stopped, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  const double seconds = value * unit->seconds;
  if (error != std::errc{} || stopped != digits.data() + digits.size() || !(seconds >= 0)) {
    throw usage_error{
        fmt::format("{} {}: not a time; write a number with ms, s, m, h or d, such as 500ms", option, text)};
  }
  if (seconds < shortest_duration || seconds > longest_duration) {
    throw usage_error{fmt::format("{} {}: a time is from 1ms to 10000d; try 10s", option, text)};
  }
  return std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
}

std::uint32_t parse_count(std::string_view option, std::string_view text, std::uint32_t most) {
  const auto number = whole_number(text);
  if (!number || *number == 0 || *number > most) {
    throw usage_error{fmt::format("{} {}: not a whole number from 1 to {}", option, text, most)};
  }
  return static_cast<std::uint32_t>(*number);
}

int parse_workers(std::string_view text, std::size_t cpus) {
  const bool more = text.starts_with('+');
  const bool fewer = text.starts_with('-');
  const bool share = text.ends_with('%');
  std::string_view digits = text;
  if (more || fewer) digits.remove_prefix(1);
  if (share) digits.remove_suffix(1);
  const auto number = (more || fewer) && share ? std::nullopt : whole_number(digits);
  if (!number) {
    throw usage_error{
        fmt::format("-j {}: not a number of workers; write N, N%, +N or -N (usable CPUs: {})", text, cpus)};
  }
  if (*number == 0 && !more && !fewer) {
    throw usage_error{
        fmt::format("-j {}: at least one worker is needed; leave -j out for one per usable CPU ({})", text, cpus)};
  }
  const std::uint64_t bounded = std::min<std::uint64_t>(*number, 100'000'000);
  std::uint64_t workers = bounded;
  if (share) workers = std::max<std::uint64_t>(1, cpus * bounded / 100);
  if (more) workers = cpus + bounded;
  if (fewer) workers = bounded < cpus ? cpus - bounded : 1;
  if (workers > most_workers) {
    throw usage_error{fmt::format("-j {}: at most {} workers; more than one per usable CPU ({}) rarely helps", text,
                                  most_workers, cpus)};
  }
  return static_cast<int>(workers);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace yoke::cli
