#include "bench/support/table.hpp"

#include <array>
#include <cstdio>

#include <fmt/core.h>

namespace yoke::bench {
namespace {

// Above this share of the machine used by others, or withheld by its host, figures are not to be trusted.
constexpr double quiet = 0.03;

std::string scaled(double value, double base, const std::array<const char*, 4>& names) {
  std::size_t name = 0;
  while (value >= base && name + 1 < names.size()) {
    value /= base;
    ++name;
  }
  return fmt::format("{:.{}f} {}", value, value < 10 ? 2 : value < 100 ? 1 : 0, names[name]);
}

std::string written(double value, unit in) {
  switch (in) {
    case unit::seconds:
      return scaled(value * 1e9, 1000, {"ns", "us", "ms", "s"});
    case unit::bytes:
      return scaled(value, 1024, {"B", "KiB", "MiB", "GiB"});
    case unit::times:
      break;
  }
  return fmt::format("{:.{}f} x", value, value < 10 ? 3 : 1);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

}  // namespace

table::table(std::string_view title, std::string repeat) : repeat_{std::move(repeat)}, before_{machine_load::now()} {
  fmt::print("\n{}\n\n{:<44}{:>10}{:>10}   {}\n", title, "", "median", "spread", "target");
  std::fflush(stdout);
}

table::~table() {
  const machine_load after = machine_load::now();
  const bool was_quiet =
      before_.foreign < quiet && after.foreign < quiet && before_.withheld < quiet && after.withheld < quiet;
  fmt::print("\nothers used {} of the CPUs before and {} after, {} and {} were withheld{}\nrepeat with: {}\n",
             percent(before_.foreign), percent(after.foreign), percent(before_.withheld), percent(after.withheld),
             was_quiet ? "" : ": TOO BUSY, these figures are noise", repeat_);
}

void table::row(std::string_view figure, const samples& measured, unit in, std::optional<target> wanted) const {
  const double median = measured.median();
  std::string verdict;
  if (wanted) {
    const bool met = wanted->at_least ? median >= wanted->limit : median <= wanted->limit;
    verdict = fmt::format("   {} {:<10}{}", wanted->at_least ? ">=" : "<=", written(wanted->limit, in),
                          met ? "met" : "MISSED");
  }
  const std::string spread = measured.size() > 1 ? percent(measured.spread()) : "one run";
  fmt::print("{:<44}{:>10}{:>10}{}\n", figure, written(median, in), spread, verdict);
  std::fflush(stdout);
}

void table::note(std::string_view text) const { fmt::print("{}\n", text); }

}  // namespace yoke::bench
