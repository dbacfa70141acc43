#include "map/map_command.hpp"

#include <yoke/errors.hpp>
#include <yoke/insights.hpp>

#include "backends/make_backend.hpp"
#include "common/command_error.hpp"
#include "common/messages.hpp"
#include "common/output_file.hpp"
#include "engine/engine.hpp"
#include "map/answer.hpp"
#include "map/block_cutter.hpp"
#include "map/block_work.hpp"
#include "map/input_set.hpp"
#include "map/interrupts.hpp"
#include "map/map_request.hpp"
#include "map/progress.hpp"
#include "map/quarantine.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::size_t stream_block = std::size_t{1} << 20;
constexpr std::size_t smallest_block = std::size_t{256} << 10;
constexpr std::size_t largest_block = std::size_t{4} << 20;
constexpr std::size_t blocks_per_worker = 8;

struct map_shape {
  std::size_t block;  // bytes
  std::size_t workers;
};

/// shape_of decides how large blocks are, and how many workers are worth starting for them.
map_shape shape_of(const map_request& request, const input_set& inputs) {
  const auto asked = static_cast<std::size_t>(request.workers);
  map_shape shape{.block = request.block, .workers = asked};
  if (shape.block == 0) {
    shape.block = inputs.has_streams()
                      ? stream_block
                      : std::clamp(inputs.file_bytes() / (asked * blocks_per_worker), smallest_block, largest_block);
  }
  if (!inputs.has_streams()) {
    const std::uint64_t blocks = inputs.file_bytes() / shape.block + 1;
    shape.workers = static_cast<std::size_t>(std::min<std::uint64_t>(asked, blocks));
  }
  return shape;
}

/// outcome is what a run leaves to be told besides its answer.
struct outcome {
  quarantine failures;
  std::uint64_t workers_lost = 0;
  yoke::insights seen = {};
};

void run_blocks(const map_request& request, const input_set& inputs, kernels::combiner& results, outcome& told) {
  const map_shape shape = shape_of(request, inputs);
  const block_plan plan{.kernel = request.kernel.get(), .inputs = &inputs.all()};
  const auto workers = detail::make_backend({.backend = request.backend,
                                             .workers = static_cast<int>(shape.workers),
                                             .memory_per_worker = request.memory_per_worker});
  detail::observation_plan observed{request.trace.empty() ? insights_level::off : insights_level::timeline};
  detail::engine core{*workers, detail::never_cancelled, observed};
  progress display{progress::wanted(request), inputs.has_streams() ? 0 : inputs.file_bytes()};
  block_cutter blocks{inputs.all(), shape.block, *workers};
  answer collected{results, blocks, told.failures, display};
  detail::stream_job work{{.entry = &run_block,
                           .closure = &plan,
                           .ordered = request.ordered && request.kernel->needs_order(),
                           .attempts = request.attempts,
                           .deadline = request.timeout,
                           .progress = display.callback()},
                          blocks,
                          collected,
                          *workers};
  {
    const interrupts watched{work, display.shown()};
    core.run(work);
  }
  told.workers_lost = core.counters().workers_lost;
  if (!request.trace.empty()) told.seen = core.insights();
  display.clear();
  inputs.check_sizes();
}

/// cure_for says why no worker could be started, and what the command line's user can do about it.
std::string cure_for(const start_error& error, const map_request& request) {
  constexpr std::string_view library_cure = "yoke::backend::threads";
  std::string text = error.what();
  if (const std::size_t at = text.find(library_cure); at != std::string::npos) {
    text.replace(at, library_cure.size(), "--backend thread");
  }
  return fmt::format("{}\n-j {} asks for fewer workers, and yoke doctor says what this machine allows", text,
                     std::max(1, request.workers / 2));
}

/// interrupted_text says what an interrupted run leaves.
std::string interrupted_text(const map_request& request, const output_file& out) {
  if (out.replaces()) return fmt::format("interrupted: {} is not written", out.name());
  if (!request.kernel->needs_order()) return "interrupted: there is no answer";
  return fmt::format("interrupted: {} has the answer for a part of the input only", out.name());
}

std::string cure_for(const pool_broken& error) {
  return fmt::format(
      "{}\ndo all records crash, or is there too little memory? --backend serial in a debugger shows where, and yoke "
      "doctor what this machine allows",
      error.what());
}

void tell(const outcome& told, bool quiet) {
  if (!told.failures.empty()) complain("yoke map", told.failures.summary());
  if (told.workers_lost == 0 || quiet) return;
  complain("yoke map", fmt::format("{} worker{} died and {} replaced", told.workers_lost,
                                   told.workers_lost == 1 ? "" : "s", told.workers_lost == 1 ? "was" : "were"));
}

/// refuse_input throws usage_error where the file that an option names is one to be read.
void refuse_input(const input_set& inputs, std::string_view option, const std::string& name) {
  if (name.empty() || !inputs.reads(name)) return;
  throw usage_error{fmt::format("{} {}: that is an input, and would be replaced; name another file", option, name)};
}

void write_trace(output_file& file, const yoke::insights& seen) {
  std::ostringstream text;
  write_chrome_trace(text, seen);
  const std::string whole = std::move(text).str();
  file.write(std::as_bytes(std::span{whole}));
  file.commit();
}

}  // namespace

int run_map(std::span<char*> arguments) {
  const map_request request = parse_map(arguments);
  if (!request.help.empty()) {
    print(request.help);
    return 0;
  }
  output_file out{request.output};
  std::optional<output_file> failed;
  if (!request.failed.empty()) failed.emplace(request.failed);
  std::optional<output_file> trace;
  if (!request.trace.empty()) trace.emplace(request.trace);
  const input_set inputs{request.inputs};
  refuse_input(inputs, "--failed", request.failed);
  refuse_input(inputs, "--trace", request.trace);
  const auto results = request.kernel->collect(out);
  outcome told{.failures = {inputs.all(), failed ? &*failed : nullptr, request.attempts}};
  try {
    run_blocks(request, inputs, *results, told);
  } catch (const cancelled&) {
    tell(told, request.quiet);
    throw command_error{exit_status::interrupted, interrupted_text(request, out)};
  } catch (const start_error& error) {
    throw command_error{exit_status::workers_lost, cure_for(error, request)};
  } catch (const pool_broken& error) {
    tell(told, request.quiet);
    throw command_error{exit_status::workers_lost, cure_for(error)};
  }
  const int status = results->finish();
  if (failed) failed->commit();
  if (trace) write_trace(*trace, told.seen);
  out.commit();
  tell(told, request.quiet);
  return told.failures.empty() ? status : static_cast<int>(exit_status::items_failed);
}

}  // namespace yoke::cli
