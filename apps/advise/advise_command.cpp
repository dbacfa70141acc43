#include "advise/advise_command.hpp"

#include <yoke/cpu.hpp>

#include "advise/workload_advice.hpp"
#include "bench/advise/command_advice.hpp"
#include "bench/programs/shell_words.hpp"
#include "common/command_error.hpp"
#include "common/command_line.hpp"
#include "common/messages.hpp"
#include "common/quantities.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::uint32_t most_copies = 256;

constexpr std::array flags{
    flag{'j', "copies", "N", "run N copies of the command at once (default: one per usable CPU, at least 2)"},
    flag{0, "results", "FILE", "judge these results of yoke bench, instead of measuring the workload"},
    help_flag,
};

constexpr std::string_view usage =
    "usage: yoke advise [OPTION...] WORKLOAD\n"
    "       yoke advise [OPTION...] -- COMMAND [ARGUMENT...]\n\n"
    "Says what a job is bound by, with evidence and a confidence, and what to do: threads, processes, asynchronous "
    "I/O,\n"
    "or nothing. A WORKLOAD is measured with yoke bench --quick; a COMMAND is run alone and in N copies at once, a "
    "few\n"
    "times, without input, its output dropped.\n\n"
    "Exit status: 0 there is advice, 1 nothing could be judged (a command that fails or is too short, a machine\n"
    "that is disturbed), 2 usage, 3 input or output error, 126 the command cannot be run, 127 it is not found, 130 "
    "Ctrl-C.\n\n"
    "Options:\n";

constexpr int cannot_run = 126;
constexpr int not_found = 127;

/// cannot_start says why a command did not start, and what to do.
std::string cannot_start(const std::string& name, const std::error_code& why) {
  std::error_code ignored;
  if (why == std::errc::no_such_file_or_directory) return "there is no such command; give its path, or look at $PATH";
  if (why == std::errc::permission_denied && name.find('/') != name.npos &&
      std::filesystem::is_directory(name, ignored))
    return "it is a folder; name a command in it";
  return why.message() + (why == std::errc::permission_denied ? "; is it executable?" : "");
}

int advise_on_command(std::vector<std::string> command, int copies) {
  const std::string name = command.front();
  try {
    const bench::command_trial trial = bench::try_command(command, copies);
    if (trial.stopped_by != 0) return 128 + trial.stopped_by;
    const bench::command_advice advice = bench::advise_command(trial, static_cast<double>(usable_cpus()));
    print(bench::command_text(trial, advice));
    return advice.judged ? 0 : static_cast<int>(exit_status::negative);
  } catch (const std::system_error& error) {
    const bool missing = error.code() == std::errc::no_such_file_or_directory;
    complain("yoke advise", fmt::format("{}: {}", name, cannot_start(name, error.code())));
    return missing ? not_found : cannot_run;
  }
}

}  // namespace

int run_advise(std::span<char*> arguments) {
  const auto dashes = std::ranges::find_if(arguments, [](const char* word) { return std::strcmp(word, "--") == 0; });
  const std::vector<std::string> command{dashes == arguments.end() ? dashes : dashes + 1, arguments.end()};
  const auto before = static_cast<std::size_t>(dashes - arguments.begin());
  const words given = parse_words({.name = "yoke advise", .flags = flags}, arguments.first(before));
  if (given.has("help")) return print(std::string{usage} + describe_flags(flags)), 0;

  if (before < arguments.size()) {
    if (command.empty()) throw usage_error{"which command? yoke advise -- COMMAND ARGUMENTS"};
    if (!given.operands.empty())
      throw usage_error{fmt::format("unexpected '{}' before --; a command stands behind it", given.operands.front())};
    if (given.has("results")) throw usage_error{"--results is for workloads, not for a command"};
    const given_flag* copies = given.find("copies");
    const int count = copies == nullptr ? std::max(2, static_cast<int>(usable_cpus()))
                                        : static_cast<int>(parse_count("--copies", copies->text, most_copies));
    return advise_on_command(command, count);
  }
  if (given.has("copies")) throw usage_error{"--copies is for a command: yoke advise --copies 4 -- COMMAND"};
  const given_flag* results = given.find("results");
  if (given.operands.empty() && results == nullptr)
    throw usage_error{
        "which workload? yoke advise WORKLOAD, or yoke advise -- COMMAND; yoke bench --list names the workloads"};
  if (given.operands.size() > 1)
    throw usage_error{fmt::format("unexpected '{}'; a command stands behind --: yoke advise -- {}", given.operands[1],
                                  bench::shell_words({given.operands.begin(), given.operands.end()}))};
  const std::string workload{given.operands.empty() ? std::string_view{} : given.operands.front()};
  return results != nullptr ? advise_from(std::string{results->text}, workload) : advise_by_measuring(workload);
}

}  // namespace yoke::cli
