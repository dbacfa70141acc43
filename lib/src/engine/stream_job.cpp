#include "engine/stream_job.hpp"

#include <algorithm>
#include <utility>

namespace yoke::detail {

namespace {

job_rules rules_of(const stream_plan& plan) {
  return {.grain = 1,
          .keeps_partial = true,
          .collects_errors = plan.collects_errors,
          .reruns_externals = plan.reruns_externals,
          .attempts = plan.attempts};
}

}  // namespace

stream_job::stream_job(const stream_plan& plan, block_source& source, block_sink& sink, const backend& workers)
    : job{rules_of(plan)},
      plan_{plan},
      source_{source},
      ordered_{sink, plan.held_bytes},
      out_{plan.ordered ? static_cast<block_sink&>(ordered_) : sink},
      most_under_way_{workers.describe().workers * plan.chunks_per_worker} {}

job::supply stream_job::next(chunk_message& out) {
  stream_block block;
  const supply state = source_.next(block);
  if (state != supply::chunk) return state;
  out.entry = plan_.entry;
  out.closure = plan_.closure;
  out.first = blocks_++;
  out.count = 1;
  out.input = block.input;
  out.input_bytes = block.input_bytes;
  return state;
}

void stream_job::prepare(chunk_message& /*part*/) {
  // A chunk of one item has no parts: it is sent again with the payload it has.
}

void stream_job::discard(const chunk_message& chunk) noexcept {
  source_.release({.input = chunk.input, .input_bytes = static_cast<std::size_t>(chunk.input_bytes)});
}

void stream_job::deliver(std::uint64_t first, std::uint64_t /*count*/, std::span<const std::byte> results) {
  out_.finished(first, results);
}

void stream_job::fail(std::uint64_t item, std::exception_ptr error) { out_.failed(item, std::move(error)); }

std::size_t stream_job::window() const {
  if (ordered_.full()) return 0;
  if (plan_.most_undelivered == 0) return most_under_way_;
  return std::min(most_under_way_, plan_.most_undelivered - std::min(plan_.most_undelivered, ordered_.held()));
}

}  // namespace yoke::detail
