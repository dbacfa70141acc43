#include <yoke/version.hpp>

#include "advise/advise_command.hpp"
#include "bench/bench_command.hpp"
#include "common/command_error.hpp"
#include "common/messages.hpp"
#include "common/nearest.hpp"
#include "common/standard_streams.hpp"
#include "doctor/doctor_command.hpp"
#include "kernels/kernels_command.hpp"
#include "map/map_command.hpp"
#include "report/report_command.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/prctl.h>

namespace {

using namespace yoke::cli;

struct command {
  std::string_view name;
  std::string_view summary;
  int (*run)(std::span<char*> arguments);
};

constexpr std::array commands{
    command{"map", "run a kernel over the records of files, on all CPUs", run_map},
    command{"kernels", "list the kernels that map can run", run_kernels},
    command{"bench", "measure workloads on processes, on threads and serially", run_bench},
    command{"report", "say which backend to use, and why, from what was measured", run_report},
    command{"advise", "say what a workload or a command is bound by, and what to do", run_advise},
    command{"doctor", "say what this machine allows, and whether workers start", run_doctor},
};

std::string overview() {
  std::string text =
      "usage: yoke COMMAND [ARGUMENT...]\n\nParallel work on all CPUs that survives a crashing worker.\n\n";
  for (const command& each : commands)
    text.append("  ").append(each.name).append(12 - each.name.size(), ' ').append(each.summary) += '\n';
  text += "\n  -h, --help    print this help and exit\n      --version print the version and exit\n";
  text += "\nMore: yoke COMMAND --help, man yoke\n";
  return text;
}

int run(std::span<char*> arguments, std::string& name) {
  if (arguments.size() < 2)
    throw usage_error{"which command? yoke map, yoke bench, yoke report or yoke advise; yoke --help says more"};
  const std::string_view word = arguments[1];
  if (word == "--help" || word == "-h" || (word == "help" && arguments.size() == 2)) return print(overview()), 0;
  if (word == "help") {
    // yoke help map wc = yoke map wc --help
    static char help[] = "--help";
    std::vector<char*> turned{arguments.begin() + 2, arguments.end()};
    turned.insert(turned.begin(), arguments.front());
    turned.push_back(help);
    return run(turned, name);
  }
  if (word == "--version") return print("yoke " YOKE_VERSION "\n"), 0;
  const auto found = std::ranges::find(commands, word, &command::name);
  if (found == commands.end()) {
    std::vector<std::string_view> names{"--help", "--version"};
    for (const command& each : commands) names.push_back(each.name);
    const std::string hint = did_you_mean(word, names);
    throw usage_error{"unknown command '" + std::string{word} + "'" +
                      (hint.empty() ? "; yoke --help lists them" : hint)};
  }
  name.append(1, ' ').append(word);
  return found->run(arguments.subspan(1));
}

std::string_view cure_of_out_of_memory(std::string_view name) {
  return name == "yoke map" ? "; a smaller --block or -j needs less" : "; free some, or raise the limit (ulimit -v)";
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what a pool leaves to be reaped is not left to process 1, which may not do it
  std::string name = "yoke";
  try {
    keep_standard_streams_apart();
    std::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is a failed write, with a message
    return run({argv, static_cast<std::size_t>(argc)}, name);
  } catch (const command_error& error) {
    complain(name, error.what());
    return static_cast<int>(error.status());
  } catch (const std::bad_alloc& error) {
    complain(name, std::string{"out of memory: "} + error.what() + std::string{cure_of_out_of_memory(name)});
    return static_cast<int>(exit_status::input_output);
  } catch (const std::exception& error) {
    complain(name, error.what());
    return static_cast<int>(exit_status::input_output);
  }
}
