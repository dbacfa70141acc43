#include "engine/bulk_job.hpp"

#include <yoke/detail/pool_core.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace yoke::detail {

namespace {

// A chunk should not need more than this for its items or its results: memory that is used again at once stays in the
// caches, where copying is several times as fast.
constexpr double heaviest_chunk = 256 << 10;
constexpr std::chrono::nanoseconds shortest_deadline = std::chrono::milliseconds{1};
// Bytes that chunks under way hold, where more of them are wanted than keep the workers busy.
constexpr double most_under_way = 512 << 10;
constexpr int most_attempts = 64;
constexpr std::uint64_t most_leaf = std::uint64_t{1} << 30;

job_rules rules_of(const bulk_plan& plan) {
  check_options(plan.options);
  const bool reruns = plan.options.rerun == rerun::by_call ? plan.reruns : plan.options.rerun == rerun::external;
  return {.grain = plan.grain,
          .keeps_partial = plan.keeps_partial,
          .reruns_externals = reruns,
          .attempts = static_cast<std::uint32_t>(plan.options.attempts)};
}

}  // namespace

void check_options(const call_options& options) {
  if (options.chunk.kind() == chunking::policy::fixed && options.chunk.items() <= 0) {
    throw std::invalid_argument("yoke: chunk = " + std::to_string(options.chunk.items()) +
                                "; a chunk has at least 1 item (leave it out for chunks sized by time)");
  }
  if (options.attempts < 1 || options.attempts > most_attempts) {
    throw std::invalid_argument("yoke: attempts = " + std::to_string(options.attempts) + "; an item has 1 to " +
                                std::to_string(most_attempts));
  }
  if (options.deadline.count() != 0 && options.deadline < shortest_deadline) {
    throw std::invalid_argument("yoke: deadline = " + std::to_string(options.deadline.count()) +
                                " ns; a deadline is at least 1 ms (leave it out for none)");
  }
  if (options.leaf > most_leaf) {
    throw std::invalid_argument("yoke: leaf = " + std::to_string(options.leaf) + "; a leaf has at most " +
                                std::to_string(most_leaf) + " items (leave it out for leaf_size(n))");
  }
}

bulk_job::bulk_job(const bulk_plan& plan, bulk_work& work, backend& workers)
    : job{rules_of(plan)},
      plan_{plan},
      work_{work},
      workers_{workers},
      policy_{
          {.how = plan.options.chunk, .items = plan.items, .grain = plan.grain, .workers = workers.describe().workers}},
      watch_{plan.options.progress, plan.items} {}

job::supply bulk_job::next(chunk_message& out) {
  if (given_ == plan_.items) return supply::end;
  if (plan_.closure_bytes > 0 && closure_ == nullptr) {
    closure_ = in_payload_memory({static_cast<const std::byte*>(plan_.closure), plan_.closure_bytes});
  }
  out.entry = plan_.entry;
  out.closure = closure_ != nullptr ? closure_ : plan_.closure;
  out.first = given_;
  out.deadline = plan_.options.deadline;
  out.count = policy_.next(plan_.items - given_);
  prepare(out);
  given_ += out.count;
  last_count_ = out.count;
  return supply::chunk;
}

std::size_t bulk_job::window() const {
  const std::size_t wanted = policy_.window();
  const double chunk_bytes = heaviest_item_ * static_cast<double>(last_count_);
  if (chunk_bytes * static_cast<double>(wanted) <= most_under_way) return wanted;
  return std::min(wanted, std::max(static_cast<std::size_t>(most_under_way / chunk_bytes), policy_.least_window()));
}

void bulk_job::prepare(chunk_message& part) {
  if (!plan_.sends_items) return;
  auto bytes = work_.whole(part.first, part.count);
  if (!bytes.empty() && workers_.shares(bytes)) {
    part.input = bytes.data();
    part.input_bytes = bytes.size();
    return;
  }
  if (bytes.empty()) {
    scratch_.shrink(static_cast<std::size_t>(2 * heaviest_chunk));
    work_.encode(part.first, part.count, scratch_);
    bytes = scratch_.bytes();
  }
  if (bytes.empty()) return;
  weigh(static_cast<double>(bytes.size()) / static_cast<double>(part.count));
  part.input = in_payload_memory(bytes);
  part.input_bytes = bytes.size();
}

void bulk_job::discard(const chunk_message& chunk) noexcept {
  if (chunk.input != nullptr && !workers_.shares({chunk.input, chunk.input_bytes}))
    workers_.release(const_cast<std::byte*>(chunk.input), chunk.input_bytes);
}

void bulk_job::deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) {
  work_.deliver(first, count, results);
  weigh(static_cast<double>(results.size()) / static_cast<double>(count));
}

void bulk_job::observe(std::uint64_t /*first*/, std::uint64_t items, std::chrono::nanoseconds took) {
  policy_.observe(items, took);
}

void bulk_job::close(const std::exception_ptr& /*error*/) noexcept {
  if (closure_ != nullptr) workers_.release(const_cast<std::byte*>(closure_), plan_.closure_bytes);
  closure_ = nullptr;
}

const std::byte* bulk_job::in_payload_memory(std::span<const std::byte> bytes) {
  std::byte* memory = workers_.allocate(bytes.size());
  std::memcpy(memory, bytes.data(), bytes.size());
  return memory;
}

void bulk_job::weigh(double item_bytes) {
  if (item_bytes <= heaviest_item_) return;
  heaviest_item_ = item_bytes;
  policy_.limit(static_cast<std::uint64_t>(std::max(1.0, heaviest_chunk / item_bytes)));
}

}  // namespace yoke::detail
