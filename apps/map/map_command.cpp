#include "map/map_command.hpp"

#include <yoke/errors.hpp>

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

#include <algorithm>
#include <new>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::size_t stream_block = std::size_t{1} << 20;
constexpr std::size_t smallest_block = std::size_t{256} << 10;
constexpr std::size_t largest_block = std::size_t{4} << 20;
constexpr std::size_t blocks_per_worker = 8;
constexpr std::uint32_t attempts = 3;
constexpr std::size_t most_named = 10;

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

std::string summary_of(const std::vector<std::string>& failures) {
  std::string text = fmt::format("{} block{} failed, so the answer is not complete:", failures.size(),
                                 failures.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(failures.size(), most_named); ++i) text += '\n' + failures[i];
  if (failures.size() > most_named) text += fmt::format("\nand {} more", failures.size() - most_named);
  return text;
}

void run_blocks(const map_request& request, const input_set& inputs, kernels::combiner& results) {
  const map_shape shape = shape_of(request, inputs);
  const block_plan plan{.kernel = request.kernel.get(), .inputs = &inputs.all()};
  const auto workers = detail::make_backend({.backend = request.backend, .workers = static_cast<int>(shape.workers)});
  detail::engine core{*workers};
  progress display{progress::wanted(request), inputs.has_streams() ? 0 : inputs.file_bytes()};
  block_cutter blocks{inputs.all(), shape.block, *workers};
  answer collected{results, blocks, inputs.all(), display};
  const bool ordered = request.ordered && request.kernel->needs_order();
  detail::stream_job work{
      {.entry = &run_block, .closure = &plan, .ordered = ordered, .attempts = attempts}, blocks, collected, *workers};
  {
    const interrupts watched{work};
    core.run(work);
  }
  display.clear();
  inputs.check_sizes();
  if (!collected.failures().empty()) throw command_error{exit_status::items_failed, summary_of(collected.failures())};
}

}  // namespace

int run_map(std::span<char*> arguments) {
  const map_request request = parse_map(arguments);
  if (!request.help.empty()) {
    print(request.help);
    return 0;
  }
  output_file out{request.output};
  const input_set inputs{request.inputs};
  const auto results = request.kernel->collect(out);
  try {
    run_blocks(request, inputs, *results);
  } catch (const cancelled&) {
    throw command_error{exit_status::interrupted, "interrupted; what was under way is finished, the rest is not done"};
  } catch (const start_error& error) {
    throw command_error{exit_status::workers_lost, error.what()};
  } catch (const pool_broken& error) {
    throw command_error{exit_status::workers_lost, error.what()};
  }
  const int status = results->finish();
  out.commit();
  return status;
}

}  // namespace yoke::cli
