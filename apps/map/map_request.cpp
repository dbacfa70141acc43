#include "map/map_request.hpp"

#include <yoke/cpu.hpp>

#include "common/choice.hpp"
#include "common/command_error.hpp"
#include "common/named_file.hpp"
#include "common/nearest.hpp"
#include "common/quantities.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::size_t smallest_block = 4096;
// Deaths in a row are bounded: after 64 with no work done in between, no worker is started any more.
constexpr std::uint32_t most_attempts = 50;

constexpr std::array flags{
    flag{'j', "jobs", "N", "run N workers; N% or +N or -N relative to the usable CPUs (default: one per usable CPU)"},
    flag{0, "backend", "KIND", "process (default), thread, or serial: the same results, for comparison"},
    flag{0, "block", "SIZE",
         "split inputs into blocks of about SIZE bytes, at least 4K (K M G T = 1024^n, k m g t = 1000^n)"},
    flag{'k', "ordered", "", "give results in input order (the default)"},
    flag{0, "unordered", "", "give results as they come: never waits for a slow block"},
    flag{'o', "output", "FILE", "write to FILE, which is replaced whole at the end or not at all; - is stdout"},
    flag{0, "attempts", "N", "give a record N chances when it crashes its worker (default: 3)"},
    flag{0, "timeout", "TIME", "give up records that take longer, such as 500ms, 2s or 1m; needs --backend process"},
    flag{0, "memory-per-worker", "SIZE", "let no worker use much more memory than SIZE; needs --backend process"},
    flag{0, "failed", "FILE", "write a line for each record that failed to FILE, which is replaced at the end"},
    flag{0, "trace", "FILE", "write when each worker ran which block to FILE, for ui.perfetto.dev"},
    flag{0, "progress", "WHEN", "auto (default: when stderr is a terminal), always or never"},
    flag{0, "quiet", "", "no progress, and no word on workers that were replaced"},
    help_flag,
};

constexpr std::string_view usage = "usage: yoke map [OPTION...] KERNEL [KERNEL OPTION...] [OPERAND...] [FILE...]\n";

constexpr std::string_view statuses =
    "Exit status: 0 all right, 1 the kernel's negative answer (grep: no match), 2 usage, 3 input or output error,\n"
    "4 some records failed, all others are done, 5 workers could not be started or died too often, 130 interrupted,\n"
    "141 the reader of the output went away.\n";

constexpr std::array<choice<yoke::backend>, 5> backends{{{"process", yoke::backend::processes},
                                                         {"thread", yoke::backend::threads},
                                                         {"serial", yoke::backend::serial},
                                                         {"processes", yoke::backend::processes},
                                                         {"threads", yoke::backend::threads}}};

bool has_option(std::span<const flag> table, std::string_view option) {
  return std::ranges::any_of(table, [option](const flag& f) {
    return option.starts_with("--") ? !f.name.empty() && option.substr(2) == f.name
                                    : f.letter != 0 && option.substr(1) == std::string_view{&f.letter, 1};
  });
}

std::string cure_for_map_option(std::string_view option) {
  for (const auto& spec : kernels::built_in()) {
    if (has_option(spec.flags, option))
      return fmt::format(": the options of a kernel stand behind its name: yoke map {} {}", spec.name, option);
  }
  return {};
}

std::vector<std::string_view> kernel_names() {
  std::vector<std::string_view> names;
  for (const auto& spec : kernels::built_in()) names.push_back(spec.name);
  return names;
}

std::string map_help() {
  std::string text{usage};
  text += "\nRuns a kernel over the records of files, on all usable CPUs. No FILE, or -, is stdin.\n\nKernels:\n";
  for (const auto& spec : kernels::built_in()) text += fmt::format("  {:<26}{}\n", spec.name, spec.summary);
  text += "\nOptions:\n" + describe_flags(map_flags()) + '\n';
  text += statuses;
  text += "\nMore: yoke map KERNEL --help, man yoke-map\n";
  return text;
}

std::string kernel_help(const kernels::kernel_spec& spec, std::span<const flag> table) {
  std::string text = fmt::format("usage: yoke map [OPTION...] {} [KERNEL OPTION...]", spec.name);
  for (const std::string_view operand : spec.operands) text += fmt::format(" {}", operand);
  text += fmt::format(" [FILE...]\n\n{}: {}\n\nKernel options:\n", spec.name, spec.summary);
  text += describe_flags(table);
  text += fmt::format("\n{}\nMore: yoke map --help, man yoke-map\n", spec.notes);
  return text;
}

void apply_limits(const words& given, map_request& request) {
  if (const auto* f = given.find("attempts")) request.attempts = parse_count("--attempts", f->text, most_attempts);
  if (const auto* f = given.find("timeout")) request.timeout = parse_duration("--timeout", f->text);
  if (const auto* f = given.find("memory-per-worker")) {
    request.memory_per_worker = parse_size("--memory-per-worker", f->text);
  }
  if (request.backend == yoke::backend::processes) return;
  for (const std::string_view option : {"timeout", "memory-per-worker"}) {
    if (given.has(option)) {
      throw usage_error{fmt::format("--{} needs --backend process: a thread cannot be ended from outside", option)};
    }
  }
}

std::string file_name(std::string_view option, std::string_view text) {
  if (text.empty()) throw usage_error{fmt::format("{} needs the name of a file", option)};
  return std::string{text};
}

/// apply_trace takes a file that nothing else is written to.
void apply_trace(const words& given, map_request& request) {
  const auto* const trace = given.find("trace");
  if (trace == nullptr) return;
  request.trace = file_name("--trace", trace->text);
  if (request.trace == "-") throw usage_error{"--trace -: name a file; standard output is for the answer"};
}

void apply_files(const words& given, map_request& request) {
  if (const auto* f = given.find("output"); f != nullptr && f->text != "-") request.output = file_name("-o", f->text);
  const auto* const failed = given.find("failed");
  if (failed == nullptr) return;
  request.failed = file_name("--failed", failed->text);
  if (request.failed == "-") {
    throw usage_error{"--failed -: name a file; the first ten records that failed are named on standard error anyway"};
  }
}

void apply_options(const words& given, map_request& request) {
  const std::size_t cpus = usable_cpus();
  const given_flag* const jobs = given.find("jobs");
  request.workers = parse_workers(jobs != nullptr ? jobs->text : "100%", cpus);
  if (const auto* f = given.find("backend")) request.backend = choose("--backend", f->text, backends);
  if (const auto* f = given.find("block")) {
    request.block = parse_size("--block", f->text);
    if (request.block < smallest_block) {
      throw usage_error{fmt::format("--block {}: a block has at least 4K (4096 bytes)", f->text)};
    }
  }
  if (const auto* f = given.find("progress")) request.progress = choose("--progress", f->text, occasions);
  apply_limits(given, request);
  apply_files(given, request);
  apply_trace(given, request);
  check_apart(std::array{named_file{"-o", request.output}, named_file{"--failed", request.failed},
                         named_file{"--trace", request.trace}});
  request.quiet = given.has("quiet");
  request.ordered = true;
  for (const given_flag& f : given.flags) {
    if (f.which->name == "ordered") request.ordered = true;
    if (f.which->name == "unordered") request.ordered = false;
  }
}

}  // namespace

std::span<const flag> map_flags() { return flags; }

map_request parse_map(std::span<char*> arguments) {
  const words own = parse_words(
      {.name = "yoke map", .flags = flags, .operands = operand_place::behind_options, .cure = cure_for_map_option},
      arguments);
  map_request request;
  if (own.has("help")) {
    request.help = map_help();
    return request;
  }
  if (own.operands.empty()) {
    throw usage_error{
        fmt::format("which kernel? yoke map KERNEL FILE..., with one of {}", fmt::join(kernel_names(), ", "))};
  }
  const std::string_view name = own.operands.front();
  const kernels::kernel_spec* const spec = kernels::find_kernel(name);
  if (spec == nullptr) {
    const std::string hint = did_you_mean(name, kernel_names());
    throw usage_error{fmt::format("unknown kernel '{}'{}", name, hint.empty() ? "; yoke kernels lists them" : hint)};
  }

  std::vector<flag> table(spec->flags.begin(), spec->flags.end());
  table.push_back(help_flag);
  const std::string full_name = fmt::format("yoke map {}", name);
  const auto cure = [name](std::string_view option) {
    return has_option(flags, option)
               ? fmt::format(": the options of yoke map stand before the kernel: yoke map {} ... {}", option, name)
               : std::string{};
  };
  words given = parse_words({.name = full_name, .flags = table, .operands = operand_place::anywhere, .cure = cure},
                            arguments.last(own.operands.size()));
  if (given.has("help")) {
    request.help = kernel_help(*spec, table);
    return request;
  }
  if (given.operands.size() < spec->operands.size()) {
    throw usage_error{fmt::format("{} needs {}: yoke map {} {} FILE...", name, fmt::join(spec->operands, " and "), name,
                                  fmt::join(spec->operands, " "))};
  }
  const auto first_file = given.operands.begin() + static_cast<std::ptrdiff_t>(spec->operands.size());
  request.inputs.assign(first_file, given.operands.end());
  if (request.inputs.empty()) request.inputs.emplace_back("-");
  given.operands.erase(first_file, given.operands.end());
  apply_options(own, request);
  try {
    request.kernel = spec->make(given);
  } catch (const kernels::bad_operand& error) {
    throw usage_error{fmt::format("{}: {}", name, error.what())};
  }
  return request;
}

}  // namespace yoke::cli
