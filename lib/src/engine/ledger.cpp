#include "engine/ledger.hpp"

namespace yoke::detail {

namespace {

constexpr std::uint64_t slot_mask = 0xffff'ffff;

std::uint64_t make_tag(std::uint32_t slot, std::uint32_t generation) {
  return (std::uint64_t{generation} << 32) | slot;
}

}  // namespace

ledger_entry& ledger::add(job& owner, const chunk_message& message) {
  if (free_.empty()) {
    slots_.emplace_back();
    // Room for giving every slot back is made here, so that remove() never allocates.
    free_.reserve(slots_.capacity());
    free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  slot& place = slots_[index];
  place.entry = ledger_entry{.owner = &owner, .message = message, .deaths = {}};
  place.entry.message.tag = make_tag(index, place.generation);
  return place.entry;
}

ledger_entry* ledger::find(std::uint64_t tag) {
  const std::uint64_t index = tag & slot_mask;
  if (index >= slots_.size()) return nullptr;
  slot& place = slots_[index];
  if (place.entry.owner == nullptr || place.generation != tag >> 32) return nullptr;
  return &place.entry;
}

ledger_entry* ledger::find_item(const job& owner, std::uint64_t item) {
  for (slot& place : slots_) {
    const chunk_message& chunk = place.entry.message;
    if (place.entry.owner == &owner && item >= chunk.first && item - chunk.first < chunk.count) return &place.entry;
  }
  return nullptr;
}

void ledger::remove(std::uint64_t tag) {
  const auto index = static_cast<std::uint32_t>(tag & slot_mask);
  slot& place = slots_[index];
  place.entry = ledger_entry{};
  ++place.generation;
  free_.push_back(index);
}

std::vector<std::uint64_t> ledger::sent_from(const job& owner, std::uint64_t first) const {
  std::vector<std::uint64_t> tags;
  for (const slot& place : slots_) {
    const ledger_entry& entry = place.entry;
    if (entry.owner == &owner && entry.sent && entry.message.first >= first) tags.push_back(entry.message.tag);
  }
  return tags;
}

std::vector<std::uint64_t> ledger::all_of(const job& owner) const {
  std::vector<std::uint64_t> tags;
  for (const slot& place : slots_) {
    if (place.entry.owner == &owner) tags.push_back(place.entry.message.tag);
  }
  return tags;
}

}  // namespace yoke::detail
