#include "engine/stream_job.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
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

stream_block block_of(const chunk_message& chunk) {
  return {.number = chunk.first, .input = chunk.input, .input_bytes = static_cast<std::size_t>(chunk.input_bytes)};
}

}  // namespace

std::size_t block_source::divide(const stream_block& /*block*/, std::uint64_t /*first_part*/) { return 0; }

void block_source::next_part(stream_block& /*out*/) {
  throw std::logic_error("yoke: a source divides blocks and does not supply their parts");
}

stream_job::stream_job(const stream_plan& plan, block_source& source, block_sink& sink, const backend& workers)
    : job{rules_of(plan)},
      plan_{plan},
      source_{source},
      watch_{plan.progress, 0},
      ordered_{sink, plan.held_bytes},
      out_{plan.ordered ? static_cast<block_sink&>(ordered_) : sink},
      most_under_way_{workers.describe().workers * plan.chunks_per_worker} {}

job::supply stream_job::next(chunk_message& out) {
  stream_block block;
  if (!parts_.empty()) {
    next_part(block);
  } else if (const supply state = next_block(block); state != supply::chunk) {
    return state;
  }
  out.entry = plan_.entry;
  out.closure = plan_.closure;
  out.first = block.number;
  out.count = 1;
  out.input = block.input;
  out.input_bytes = block.input_bytes;
  out.deadline = plan_.deadline;
  return supply::chunk;
}

void stream_job::next_part(stream_block& out) {
  part_range& range = parts_.back();
  // Here rather than in divide(): when memory runs out the engine asks again, and the divided block is no more.
  if (plan_.ordered && !range.placed) ordered_.replace(range.divided, range.next, range.end - range.next);
  range.placed = true;
  const std::uint64_t number = range.next;
  out.number = number;
  const auto known = origin_of_.emplace(number, range.origin).first;
  try {
    source_.next_part(out);
  } catch (...) {
    origin_of_.erase(known);
    throw;
  }
  out.number = number;
  if (++range.next == range.end) parts_.pop_back();
}

job::supply stream_job::next_block(stream_block& out) {
  const std::uint64_t number = numbered_;
  out.number = number;
  if (!source_ended_) {
    if (plan_.ordered) ordered_.announce(number);
    supply state = supply::end;
    try {
      state = source_.next(out);
    } catch (const std::bad_alloc&) {
      if (plan_.ordered) ordered_.withdraw(number);
      throw;
    } catch (...) {
      source_error_ = std::current_exception();
    }
    out.number = number;
    if (state == supply::chunk) {
      ++numbered_;
      ++under_way_;
      return state;
    }
    if (plan_.ordered) ordered_.withdraw(number);
    if (state == supply::pending) return state;
    source_ended_ = true;
  }
  // What is under way may yet be divided, and the parts are asked for here.
  if (under_way_ > 0) return supply::pending;
  if (source_error_) std::rethrow_exception(source_error_);
  return supply::end;
}

void stream_job::prepare(chunk_message& /*part*/) {
  // A chunk of one item has no parts: it is sent again with the payload it has.
}

void stream_job::discard(const chunk_message& chunk) noexcept { source_.release(block_of(chunk)); }

bool stream_job::divide(const chunk_message& chunk) {
  parts_.reserve(parts_.size() + 1);
  const std::uint64_t first = numbered_;
  const std::size_t parts = source_.divide(block_of(chunk), first);
  if (parts == 0) return false;
  numbered_ += parts;
  under_way_ += parts - 1;
  const std::uint64_t origin = origin_of(chunk.first);
  origin_of_.erase(chunk.first);
  const auto earlier = std::ranges::find_if(parts_, [&](const part_range& each) { return each.origin < origin; });
  parts_.insert(earlier, {.next = first, .end = first + parts, .origin = origin, .divided = chunk.first});
  return true;
}

std::uint64_t stream_job::origin_of(std::uint64_t block) const {
  const auto known = origin_of_.find(block);
  return known == origin_of_.end() ? block : known->second;
}

void stream_job::settle(std::uint64_t block) {
  --under_way_;
  origin_of_.erase(block);
}

void stream_job::deliver(std::uint64_t first, std::uint64_t /*count*/, std::span<const std::byte> results) {
  settle(first);
  out_.finished(first, results);
}

void stream_job::fail(std::uint64_t item, std::exception_ptr error) {
  settle(item);
  out_.failed(item, std::move(error));
}

std::size_t stream_job::window() const {
  // Parts belong to blocks that were let in before: they have to come through for the head to move.
  if (!parts_.empty()) return most_under_way_;
  if (source_ended_ && under_way_ > 0) return 0;
  if (ordered_.full()) return 0;
  if (plan_.most_undelivered == 0) return most_under_way_;
  return std::min(most_under_way_, plan_.most_undelivered - std::min(plan_.most_undelivered, ordered_.held()));
}

}  // namespace yoke::detail
