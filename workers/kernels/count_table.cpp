#include "workers/kernels/count_table.hpp"

#include <stdexcept>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace yoke::kernels {
namespace {

constexpr std::size_t first_slots = 1024;
constexpr std::size_t most_entries = 0xfffffffe;

constexpr std::size_t full_at(std::size_t slots) { return slots / 8 * 5; }

}  // namespace

count_table::count_table() : slots_(first_slots), mask_{first_slots - 1}, grow_at_{full_at(first_slots)} {}

std::uint64_t count_table::hash_of(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

void count_table::grow() {
  if (entries_.size() >= most_entries) throw std::length_error{"more than 4,294,967,294 different keys"};
  slots_.assign(slots_.size() * 2, 0);
  mask_ = slots_.size() - 1;
  grow_at_ = full_at(slots_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::uint64_t hash = entries_[i].hash;
    std::size_t at = hash & mask_;
    while (slots_[at] != 0) at = (at + 1) & mask_;
    slots_[at] = (hash & ~low_half) | (i + 1);
  }
}

}  // namespace yoke::kernels
