#pragma once

#include "bench/support/machine.hpp"
#include "bench/support/samples.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace yoke::bench {

/// target is what a figure should be.
struct target {
  double limit = 0;
  bool at_least = false;
};
constexpr target at_least(double limit) { return {limit, true}; }
constexpr target at_most(double limit) { return {limit, false}; }

/// unit says how a figure is written: seconds and bytes get the prefix that suits them.
enum class unit { seconds, times, bytes };

/// table prints figures as they come: median, spread, target, and whether it was met. It begins with a title and ends,
/// when it is destroyed, with how quiet the machine was and how to repeat the measurement.
class table {
 public:
  table(std::string_view title, std::string repeat);
  table(const table&) = delete;
  table& operator=(const table&) = delete;
  ~table();

  void row(std::string_view figure, const samples& measured, unit in, std::optional<target> wanted = {}) const;

  /// note prints a line of text between the rows.
  void note(std::string_view text) const;

 private:
  std::string repeat_;
  machine_load before_;
};

}  // namespace yoke::bench
