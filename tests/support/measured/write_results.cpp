#include "bench/results/json.hpp"
#include "support/measured/made_results.hpp"

#include <iostream>
#include <string_view>

/// Writes made results to stdout, for tests that are not written in C++ and for a look at a report.
int main(int argc, char** argv) {
  const std::string_view which = argc == 2 ? argv[1] : "";
  if (which != "small" && which != "wide") {
    std::cerr << "usage: yoke_write_results small|wide >FILE\n";
    return 2;
  }
  std::cout << yoke::bench::to_json(which == "small" ? yoke_test::small_results() : yoke_test::wide_results());
  return std::cout.flush() ? 0 : 3;
}
