#include "kernels/kernels_command.hpp"

#include "common/command_error.hpp"
#include "common/command_line.hpp"
#include "common/messages.hpp"
#include "workers/kernels/kernel.hpp"

#include <array>
#include <string>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::array flags{help_flag};

std::string synopsis(const kernels::kernel_spec& spec) {
  std::string text{spec.name};
  for (const flag& f : spec.flags) {
    text += f.letter != 0 ? fmt::format(" [-{}", f.letter) : fmt::format(" [--{}", f.name);
    text += f.value.empty() ? "]" : fmt::format(" {}]", f.value);
  }
  for (const std::string_view operand : spec.operands) text += fmt::format(" {}", operand);
  return text;
}

}  // namespace

int run_kernels(std::span<char*> arguments) {
  const words given = parse_words({.name = "yoke kernels", .flags = flags}, arguments);
  if (given.has("help")) {
    print("usage: yoke kernels\n\nLists the kernels that yoke map can run, one line each.\n\nOptions:\n" +
          describe_flags(flags) + "\nMore on one: yoke map KERNEL --help\n");
    return 0;
  }
  if (!given.operands.empty()) {
    throw usage_error{fmt::format("unexpected '{}'; more on a kernel: yoke map KERNEL --help", given.operands.front())};
  }
  std::string list;
  for (const auto& spec : kernels::built_in()) list += fmt::format("{:<36}{}\n", synopsis(spec), spec.summary);
  print(list);
  return 0;
}

}  // namespace yoke::cli
