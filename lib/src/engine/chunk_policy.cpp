#include "engine/chunk_policy.hpp"

#include <algorithm>
#include <cmath>

namespace yoke::detail {

namespace {

// Workers publish an item's offset in its chunk in 32 bits.
constexpr std::uint64_t most_chunk_items = std::uint64_t{1} << 30;

constexpr double shortest_chunk_ns = 20e3;
constexpr double endless_chunk_ns = 100e3;
constexpr double longest_chunk_ns = 10e6;
// A worker's share is cut into at least this many chunks, so that the last ones end together.
constexpr double pieces_per_share = 4;
// The first chunks, of items nobody has timed, are this small a part of a worker's share, and never above the cap.
constexpr double blind_pieces_per_share = 256;
constexpr double blind_most = 256;
constexpr double growth = 8;
// Workers have this much in reserve, so that the coordinator need not wake up for each chunk: with as many workers as
// CPUs, it wakes up at the expense of one. Where a chunk takes long, one in reserve hides any wake-up.
constexpr double reserve_ns = 400e3;
constexpr double most_in_reserve = 32;
constexpr double brief_chunk_ns = 200e3;  // above, waking up for each costs next to nothing
constexpr double long_chunk_ns = 2e6;
constexpr double short_chunk_ns = 10e3;

}  // namespace

chunk_policy::chunk_policy(const shape& of) : of_{of} {
  if (of.items == endless) return;
  const double share = static_cast<double>(of.items) / static_cast<double>(of.workers);
  largest_ = std::clamp(share / blind_pieces_per_share, 1.0, blind_most);
}

std::uint64_t chunk_policy::next(std::uint64_t left) {
  double wanted = 1;
  switch (of_.how.kind()) {
    case chunking::policy::fixed:
      wanted = static_cast<double>(of_.how.items());
      break;
    case chunking::policy::guided:
      wanted = of_.items == endless ? by_time(left)
                                    : std::ceil(static_cast<double>(left) / (2.0 * static_cast<double>(of_.workers)));
      break;
    case chunking::policy::automatic:
      wanted = by_time(left);
      break;
  }
  const std::uint64_t most = std::min(of_.how.kind() == chunking::policy::fixed ? most_chunk_items : most_, left);
  std::uint64_t items =
      std::max<std::uint64_t>(static_cast<std::uint64_t>(std::min(wanted, static_cast<double>(most))), 1);
  if (items < left) items = std::min(left, std::max(items - items % of_.grain, of_.grain));
  return items;
}

double chunk_policy::by_time(std::uint64_t left) {
  if (item_ns_ < 0) return largest_;
  const double item_ns = std::max(item_ns_, 0.01);
  if (of_.items == endless) {
    const double wanted = std::min(endless_chunk_ns / item_ns, largest_ * growth);
    largest_ = std::max(largest_, wanted);
    return wanted;
  }
  const double workers = static_cast<double>(of_.workers);
  const double wanted = std::clamp(static_cast<double>(left) / (workers * pieces_per_share),
                                   shortest_chunk_ns / item_ns, longest_chunk_ns / item_ns);
  // The first items are no measure of the others: nobody gets more at a time than each worker has done so far.
  return std::min(wanted, std::max(largest_, static_cast<double>(observed_) / workers));
}

void chunk_policy::observe(std::uint64_t items, std::chrono::nanoseconds took) {
  const double chunk_ns = static_cast<double>(std::max(took, std::chrono::nanoseconds{0}).count());
  const double item_ns = chunk_ns / static_cast<double>(items);
  observed_ += items;
  item_ns_ = item_ns_ < 0 ? item_ns : (item_ns_ + item_ns) / 2;
  chunk_ns_ = chunk_ns_ < 0 ? chunk_ns : (chunk_ns_ + chunk_ns) / 2;
}

bool chunk_policy::is_short() const { return chunk_ns_ >= 0 && chunk_ns_ < short_chunk_ns; }

std::size_t chunk_policy::window() const {
  if (chunk_ns_ < 0) return least_window();
  if (chunk_ns_ > long_chunk_ns) return 2 * of_.workers;
  const double reserve = std::clamp(std::ceil(reserve_ns / std::max(chunk_ns_, 1.0)), 2.0, most_in_reserve);
  return of_.workers * (1 + static_cast<std::size_t>(reserve));
}

std::chrono::nanoseconds chunk_policy::backlog(std::size_t under_way) const {
  if (chunk_ns_ < 0 || chunk_ns_ > brief_chunk_ns || under_way <= of_.workers) return std::chrono::nanoseconds{0};
  const double each = chunk_ns_ / static_cast<double>(of_.workers);
  return std::chrono::nanoseconds{static_cast<std::int64_t>(static_cast<double>(under_way - of_.workers) * each)};
}

}  // namespace yoke::detail
