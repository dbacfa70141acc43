#pragma once

#include "bench/runner/bench_run.hpp"
#include "common/command_line.hpp"

#include <span>
#include <string>
#include <string_view>

namespace yoke::cli {

/// known_loads is what a command line may choose from.
struct known_loads {
  std::string_view command;  ///< as messages name the program: "yoke bench"
  std::span<const bench::workload> all;
  std::span<const std::string_view> quick;  ///< names of what --quick runs; empty: all
  bool own = false;                         ///< functions of a program that has linked us
};

/// bench_request is the command line of `yoke bench`, checked.
struct bench_request {
  bench::run_request run;
  std::string json;  ///< file names; empty for none
  std::string csv;
  std::string trace;
  std::string baseline;
  bool shows_progress = false;
  bool quiet = false;
  std::string text;  ///< what to print instead of measuring: help, or the list
};

/// bench_flags is the option table of `yoke bench`.
std::span<const flag> bench_flags();

/// parse_bench reads what stands behind the command's name; arguments[0] is skipped. Throws usage_error.
bench_request parse_bench(const known_loads& known, std::span<char*> arguments);

}  // namespace yoke::cli
