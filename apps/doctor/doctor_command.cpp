#include "doctor/doctor_command.hpp"

#include "backends/make_backend.hpp"
#include "common/command_error.hpp"
#include "common/command_line.hpp"
#include "common/messages.hpp"
#include "doctor/machine_facts.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::array flags{help_flag};

fact start_of(yoke::backend kind) {
  const std::string name = fmt::format("{} workers", to_string(kind));
  const auto begun = std::chrono::steady_clock::now();
  try {
    const auto started = detail::make_backend({.backend = kind});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    return {name, fmt::format("{} start in {:.1f} ms", started->describe().workers, took.count()), {}};
  } catch (const std::exception& error) {
    return {name, "do not start", error.what()};
  }
}

}  // namespace

int run_doctor(std::span<char*> arguments) {
  const words given = parse_words({.name = "yoke doctor", .flags = flags}, arguments);
  if (given.has("help")) {
    print(
        "usage: yoke doctor\n\nSays what this machine allows: CPUs, memory, limits, kernel, and whether workers "
        "start.\n"
        "Lines with advice have it behind an arrow. Exit status 0 when workers start, else 5.\n\nOptions:\n" +
        describe_flags(flags));
    return 0;
  }
  if (!given.operands.empty())
    throw usage_error{fmt::format("unexpected '{}'; yoke doctor takes no operands", given.operands.front())};

  auto facts = machine_facts();
  facts.push_back(start_of(yoke::backend::processes));
  const bool healthy = facts.back().advice.empty();
  facts.push_back(start_of(yoke::backend::threads));
  std::string text;
  for (const auto& [name, finding, advice] : facts) {
    text += fmt::format("{:<16}{}{}{}\n", name, finding, advice.empty() ? "" : " -> ", advice);
  }
  print(text);
  return healthy ? 0 : static_cast<int>(exit_status::workers_lost);
}

}  // namespace yoke::cli
