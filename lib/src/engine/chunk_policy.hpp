#pragma once

#include <yoke/options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace yoke::detail {

/// chunk_policy decides how many items the next chunk of a job has, and how many chunks are under way at once.
///
/// Automatic chunks begin small, grow with the number of items that have been timed, and aim at a share of what is left
/// that is worth between 20 us (below that the chunk's own cost shows) and 10 ms (above that its end is ragged).
///
/// In an endless job automatic chunks are worth 100 us, and begin with single items.
class chunk_policy {
 public:
  static constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

  struct shape {
    chunking how;             ///< a fixed size is at least 1
    std::uint64_t items = 0;  ///< items in the job, or `endless`
    std::uint64_t grain = 1;  ///< chunks are whole multiples of this, but for the last
    std::size_t workers = 1;
  };

  explicit chunk_policy(const shape& of);

  /// next returns the size of the next chunk, of `left` items that have not been given out; 0 only when none are left.
  [[nodiscard]] std::uint64_t next(std::uint64_t left);

  /// limit caps the chunks to come, for the sake of memory. A fixed size stays what the caller asked for.
  void limit(std::uint64_t most_items) { most_ = most_items; }

  /// observe learns from a chunk that has run.
  void observe(std::uint64_t items, std::chrono::nanoseconds took);

  /// window is how many chunks may be with the workers: enough that no worker ever waits for the coordinator.
  [[nodiscard]] std::size_t window() const;
  /// least_window is how many have to be all the same, whatever their weight.
  [[nodiscard]] std::size_t least_window() const { return 3 * of_.workers; }

  /// backlog is how long the workers will be busy with so many chunks before one of them has no other; 0 where
  /// chunks are so long that nothing is gained by leaving them alone.
  [[nodiscard]] std::chrono::nanoseconds backlog(std::size_t under_way) const;

  /// is_short tells whether chunks end so soon that each costs more than it takes.
  [[nodiscard]] bool is_short() const;

 private:
  [[nodiscard]] double by_time(std::uint64_t left);

  shape of_;
  std::uint64_t most_ = std::uint64_t{1} << 30;
  double item_ns_ = -1;         // what an item takes, lately; negative until known
  double largest_ = 1;          // items of a chunk that nobody has timed; endless: of the largest chunk so far
  std::uint64_t observed_ = 0;  // items that have been timed
  double chunk_ns_ = -1;        // what a whole chunk takes, lately
};

}  // namespace yoke::detail
