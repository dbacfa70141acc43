#include "bench/bench_request.hpp"

#include <yoke/cpu.hpp>

#include "common/choice.hpp"
#include "common/command_error.hpp"
#include "common/named_file.hpp"
#include "common/nearest.hpp"
#include "common/quantities.hpp"
#include "common/when.hpp"
#include "sys/terminal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr int fewest_repetitions = 6;
constexpr int most_repetitions = 1000;
constexpr std::uint32_t most_workers = 4096;

constexpr std::array flags{
    flag{'w', "workloads", "NAMES", "measure these, by commas; all for all of them (default: all but the hazards)"},
    flag{0, "backends", "KINDS",
         "process, thread, or both by commas (the default); the serial loop is always measured"},
    flag{0, "workers", "NUMBERS",
         "measure with these numbers of workers, such as 1,2,4 (default: up to the usable CPUs)"},
    flag{0, "size", "SIZE", "small, medium (default) or large problems"},
    flag{0, "quick", "", "eight workloads, 6 repetitions: a minute or so"},
    flag{0, "thorough", "", "20 repetitions"},
    flag{0, "repetitions", "N", "measure each cell N times, at least 6 (default: 10)"},
    flag{0, "budget", "TIME", "end after TIME, such as 60s or 5m, with what has been measured by then"},
    flag{0, "seed", "N", "shuffle the cells by this number (default: 1)"},
    flag{0, "json", "FILE", "write all results to FILE, for yoke report; - is standard output, without a table"},
    flag{0, "csv", "FILE", "write a table to FILE, a row for each repetition"},
    flag{0, "trace", "FILE", "write when chunks ran to FILE, for chrome://tracing or Perfetto"},
    flag{0, "baseline", "FILE", "compare with earlier results; exit status 1 where something has become slower"},
    flag{0, "progress", "WHEN", "auto (default: when stderr is a terminal), always or never"},
    flag{0, "quiet", "", "no progress, and no warnings on standard error"},
    flag{0, "list", "", "list the workloads and exit"},
    help_flag,
};

constexpr std::array<choice<yoke::backend>, 5> backends{{{"process", yoke::backend::processes},
                                                         {"thread", yoke::backend::threads},
                                                         {"serial", yoke::backend::serial},
                                                         {"processes", yoke::backend::processes},
                                                         {"threads", yoke::backend::threads}}};
constexpr std::array<choice<bench::problem_size>, 3> sizes{{{"small", bench::problem_size::small},
                                                            {"medium", bench::problem_size::medium},
                                                            {"large", bench::problem_size::large}}};

/// Some options mean less to a program that measures its own functions.
std::vector<flag> flags_of(const known_loads& known) {
  std::vector<flag> all{flags.begin(), flags.end()};
  if (!known.own) return all;
  for (flag& each : all) {
    if (each.name == "workloads") each.help = "measure these, by commas (default: all)";
    if (each.name == "size") each.help = "small, medium (default) or large: hung after 30, 60 or 600 seconds";
    if (each.name == "quick") each.help = "6 repetitions";
  }
  return all;
}

std::string help(const known_loads& known) {
  return fmt::format(
      "usage: {0} [OPTION...]\n\nMeasures {2} serially, on threads and on worker processes, each repetition in a "
      "fresh process,\nin random order, and prints a table of speedups. yoke report makes pages of the results.\n\n"
      "Options:\n{1}\n"
      "Exit status: 0 all right, 1 slower than the baseline or nothing in common with it, 2 usage, 3 input or\n"
      "output error, 4 a workload crashed, hung or gave a wrong result, 130 interrupted; what was measured is kept.\n\n"
      "More: man yoke-bench\n",
      known.command, describe_flags(flags_of(known)), known.own ? "this program's functions" : "workloads");
}

std::string list_of(const known_loads& known) {
  std::string text;
  for (const bench::workload& load : known.all) {
    const std::string obstacle = load.obstacle ? load.obstacle() : std::string{};
    text += fmt::format("{:<15}{:<16}{}{}\n", load.name, load.family, load.summary,
                        obstacle.empty() ? "" : " (not here: " + obstacle + ")");
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The parts of a list with commas; `what` they are, for messages: "a name".
std::vector<std::string_view> parts_of(std::string_view option, std::string_view text, std::string_view what) {
  if (trimmed(text).empty())
    throw usage_error{fmt::format("{} needs {}, or several with commas in between", option, what)};
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    if (parts.back().empty())
      throw usage_error{fmt::format("{} {}: write {} on each side of a comma", option, text, what)};
    begin = end + 1;
  }
  return parts;
}

std::string obstacle_to(const bench::workload& load) { return load.obstacle ? load.obstacle() : std::string{}; }

void add_all(const known_loads& known, bool hazards, std::vector<const bench::workload*>& to) {
  for (const bench::workload& load : known.all) {
    if ((hazards || load.family != "hazard") && obstacle_to(load).empty()) to.push_back(&load);
  }
}

const bench::workload& workload_named(const known_loads& known, std::string_view name) {
  const auto found = std::ranges::find(known.all, name, &bench::workload::name);
  if (found != known.all.end()) return *found;
  std::vector<std::string_view> names{"all"};
  for (const bench::workload& load : known.all) names.emplace_back(load.name);
  std::string small{name};
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::string hint = did_you_mean(small, names);
  throw usage_error{fmt::format("--workloads: unknown workload '{}'{}", name,
                                hint.empty() ? fmt::format("; {} --list lists them", known.command) : hint)};
}

std::vector<const bench::workload*> chosen_loads(const known_loads& known, const words& given) {
  std::vector<const bench::workload*> loads;
  const given_flag* const named = given.find("workloads");
  if (named == nullptr) {
    if (!given.has("quick") || known.quick.empty()) {
      add_all(known, false, loads);
    } else {
      for (const std::string_view name : known.quick) loads.push_back(&workload_named(known, name));
    }
    return loads;
  }
  for (const std::string_view name : parts_of("--workloads", named->text, "a name")) {
    if (name == "all") {
      add_all(known, true, loads);
      continue;
    }
    const bench::workload& load = workload_named(known, name);
    if (const std::string obstacle = obstacle_to(load); !obstacle.empty())
      throw usage_error{fmt::format("--workloads: {} cannot run here: {}", name, obstacle)};
    loads.push_back(&load);
  }
  std::vector<const bench::workload*> once;
  for (const bench::workload* const load : loads) {
    if (std::ranges::find(once, load) == once.end()) once.push_back(load);
  }
  return once;
}

std::vector<yoke::backend> chosen_backends(const words& given) {
  const given_flag* const named = given.find("backends");
  if (named == nullptr) return {yoke::backend::processes, yoke::backend::threads};
  std::vector<yoke::backend> chosen;
  for (const std::string_view name : parts_of("--backends", named->text, "a name")) {
    const yoke::backend kind = choose("--backends", name, backends);
    if (std::ranges::find(chosen, kind) == chosen.end()) chosen.push_back(kind);
  }
  return chosen;
}

/// By default, powers of two up to the usable CPUs, and their number.
std::vector<int> chosen_workers(const words& given) {
  std::vector<int> counts;
  if (const given_flag* const named = given.find("workers")) {
    for (const std::string_view number : parts_of("--workers", named->text, "a number"))
      counts.push_back(static_cast<int>(parse_count("--workers", number, most_workers)));
    return counts;
  }
  const auto usable = static_cast<int>(usable_cpus());
  for (int count = 1; count < usable; count *= 2) counts.push_back(count);
  counts.push_back(usable);
  return counts;
}

int chosen_repetitions(const words& given) {
  const given_flag* const named = given.find("repetitions");
  if (named == nullptr) return given.has("quick") ? 6 : given.has("thorough") ? 20 : 10;
  int count = 0;
  const char* const end = named->text.data() + named->text.size();
  const auto read = std::from_chars(named->text.data(), end, count);
  if (read.ec != std::errc{} || read.ptr != end || count < fewest_repetitions || count > most_repetitions) {
    throw usage_error{fmt::format("--repetitions {}: not a whole number from {} to {}; fewer make no interval",
                                  named->text, fewest_repetitions, most_repetitions)};
  }
  return count;
}

std::string file_in(const words& given, std::string_view name) {
  const given_flag* const named = given.find(name);
  if (named == nullptr) return {};
  if (named->text.empty() || (named->text == "-" && name != "json")) {
    throw usage_error{fmt::format("--{} {}: name a file; standard output has the table", name, named->text)};
  }
  return std::string{named->text};
}

void check_files(const bench_request& request) {
  check_apart(std::array{named_file{"the baseline", request.baseline, false}, named_file{"--json", request.json},
                         named_file{"--csv", request.csv}, named_file{"--trace", request.trace}});
}

std::string command_text(const known_loads& known, std::span<char*> arguments) {
  std::string text{known.command};
  for (const char* const word : arguments.subspan(1)) {
    const std::string_view plain = word;
    const bool safe = !plain.empty() && std::ranges::all_of(plain, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view{"-_.,/=:+%@"}.find(c) != std::string_view::npos;
    });
    text += safe ? fmt::format(" {}", plain) : fmt::format(" '{}'", plain);
  }
  return text;
}

}  // namespace

std::span<const flag> bench_flags() { return flags; }

bench_request parse_bench(const known_loads& known, std::span<char*> arguments) {
  bench_request request;
  request.run.command = command_text(known, arguments);
  const words given = parse_words({.name = known.command, .flags = flags}, arguments);
  if (given.has("help") || given.has("list")) {
    request.text = given.has("help") ? help(known) : list_of(known);
    return request;
  }
  if (known.all.empty()) throw usage_error{"nothing to measure: add a workload with suite.add(...)"};
  if (!given.operands.empty()) {
    throw usage_error{fmt::format("unexpected '{}'; workloads are named by --workloads {}", given.operands.front(),
                                  given.operands.front())};
  }
  if (given.has("quick") && given.has("thorough")) throw usage_error{"--quick and --thorough: choose one of them"};
  request.run.what.loads = chosen_loads(known, given);
  request.run.what.backends = chosen_backends(given);
  request.run.what.workers = chosen_workers(given);
  if (const auto* f = given.find("size")) request.run.what.size = choose("--size", f->text, sizes);
  request.run.repetitions = chosen_repetitions(given);
  if (const auto* f = given.find("budget")) request.run.budget = parse_duration("--budget", f->text);
  if (const auto* f = given.find("seed")) request.run.seed = parse_count("--seed", f->text, 1'000'000'000);
  request.json = file_in(given, "json");
  request.csv = file_in(given, "csv");
  request.trace = file_in(given, "trace");
  request.baseline = file_in(given, "baseline");
  check_files(request);
  request.quiet = given.has("quiet");
  const auto* const shown = given.find("progress");
  const when wanted = shown != nullptr ? choose("--progress", shown->text, occasions) : when::automatic;
  request.shows_progress =
      wanted == when::always || (wanted == when::automatic && !request.quiet && detail::stderr_redraws());
  return request;
}

}  // namespace yoke::cli
