#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace yoke::kernels {

/// count_table counts keys. It keeps views only: whose memory the keys are is the caller's business.
///
/// Open addressing over 8-byte slots {tag, number of the entry}; the entries lie in a vector in the order in which they
/// were met. Up to 4,294,967,295 keys.
class count_table {
 public:
  struct entry {
    std::uint64_t hash;
    std::uint64_t count;
    std::string_view key;
  };

  count_table();

  /// hash_of is the hash that add() expects: the same in all processes.
  static std::uint64_t hash_of(std::string_view key);

  /// add counts `key` `times` times. A new key is kept as `keep(key)`, which returns a view that outlives the table.
  template <typename Keep>
  void add(std::uint64_t hash, std::string_view key, std::uint64_t times, Keep keep) {
    std::size_t at = hash & mask_;
    for (; slots_[at] != 0; at = (at + 1) & mask_) {
      if (slots_[at] >> 32 != hash >> 32) continue;
      entry& known = entries_[(slots_[at] & low_half) - 1];
      if (known.key == key) {
        known.count += times;
        return;
      }
    }
    entries_.push_back({hash, times, keep(key)});
    slots_[at] = (hash & ~low_half) | entries_.size();
    if (entries_.size() >= grow_at_) grow();
  }

  /// expect_slot and expect_entry bring what add() will touch for this hash nearer to the processor. Call them some
  /// keys ahead, the slot first.
  void expect_slot(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  void expect_entry(std::uint64_t hash) const {
    const std::uint64_t slot = slots_[hash & mask_];
    if (slot != 0 && slot >> 32 == hash >> 32) __builtin_prefetch(&entries_[(slot & low_half) - 1]);
  }

  [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }

 private:
  static constexpr std::uint64_t low_half = 0xffffffff;

  void grow();

  std::vector<std::uint64_t> slots_;
  std::vector<entry> entries_;
  std::size_t mask_;
  std::size_t grow_at_;
};

}  // namespace yoke::kernels
