#include "bench/support/program.hpp"

#include <charconv>
#include <exception>
#include <string_view>

#include <fmt/core.h>

namespace yoke::bench {
namespace {

/// Returns 0 where the text is no positive number.
int positive(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0 ? number : 0;
}

}  // namespace

int run_benchmark(int argc, char** argv, int usual_rounds, const std::function<void(int)>& measure) {
  const int rounds = argc < 2 ? usual_rounds : positive(argv[1]);
  if (argc > 2 || rounds == 0) {
    fmt::print(stderr, "usage: {} [ROUNDS]   (default {})\n", argv[0], usual_rounds);
    return 2;
  }
  try {
    measure(rounds);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", argv[0], error.what());
    return 1;
  }
}

std::filesystem::path program_beside(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

}  // namespace yoke::bench
