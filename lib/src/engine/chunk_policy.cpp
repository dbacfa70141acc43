#include "engine/chunk_policy.hpp"

#include <algorithm>
#include <cmath>

namespace yoke::detail {

namespace {

// Workers publish an item's offset in its chunk in 32 bits.
constexpr std::uint64_t most_chunk_items = std::uint64_t{1} << 30;

constexpr double shortest_chunk_ns = 100e3;
constexpr double longest_chunk_ns = 10e6;
// A worker's share is cut into at least this many chunks, so that the last ones end together.
constexpr double pieces_per_share = 4;
// The first chunks, of items nobody has timed, are this small a part of a worker's share, and never above the cap.
constexpr double blind_pieces_per_share = 256;
constexpr double blind_most = 256;
constexpr double growth = 8;
// Where a chunk takes this long, one in reserve hides any wake-up; shorter ones need two.
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
  const double workers = static_cast<double>(of_.workers);
  const double item_ns = std::max(item_ns_, 0.01);
  double wanted = static_cast<double>(left) / (workers * pieces_per_share);
  wanted = std::clamp(wanted, shortest_chunk_ns / item_ns, longest_chunk_ns / item_ns);
  if (of_.items == endless) wanted = shortest_chunk_ns / item_ns;
  wanted = std::min(wanted, largest_ * growth);
  largest_ = std::max(largest_, wanted);
  return wanted;
}

void chunk_policy::observe(std::uint64_t items, std::chrono::nanoseconds took) {
  const double chunk_ns = static_cast<double>(std::max(took, std::chrono::nanoseconds{0}).count());
  const double item_ns = chunk_ns / static_cast<double>(items);
  item_ns_ = item_ns_ < 0 ? item_ns : (item_ns_ + item_ns) / 2;
  chunk_ns_ = chunk_ns_ < 0 ? chunk_ns : (chunk_ns_ + chunk_ns) / 2;
}

bool chunk_policy::is_short() const { return chunk_ns_ >= 0 && chunk_ns_ < short_chunk_ns; }

std::size_t chunk_policy::window() const {
  const std::size_t reserve = chunk_ns_ > long_chunk_ns ? 1 : 2;
  return of_.workers * (1 + reserve);
}

}  // namespace yoke::detail
