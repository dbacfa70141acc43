#pragma once

#include "engine/backend.hpp"
#include "engine/job.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace yoke::detail {

/// death_count says how often workers died while the first item of a chunk was running.
struct death_count {
  std::uint32_t external = 0;  ///< killed from outside
  std::uint32_t crashes = 0;   ///< everything else
};

/// ledger_entry is the coordinator's private record of one chunk that is not delivered yet.
struct ledger_entry {
  job* owner = nullptr;  ///< null where the slot is free
  chunk_message message;
  death_count deaths;
  bool sent = false;           ///< with the backend; otherwise in its owner's waiting line
  bool needs_payload = false;  ///< a piece of an earlier chunk: prepare() it before it is sent
};

/// ledger holds every chunk not yet delivered, by tag. A tag is a slot and its generation, so the event of a chunk that
/// has been delivered before finds nothing.
class ledger {
 public:
  /// add records a chunk and writes its tag into the message.
  ledger_entry& add(job& owner, const chunk_message& message);

  /// find returns the entry with this tag, or null. It stays valid until the next add().
  ledger_entry* find(std::uint64_t tag);

  /// find_item returns the entry of the chunk that holds the owner's item, or null. O(chunks).
  ledger_entry* find_item(const job& owner, std::uint64_t item);

  /// remove forgets a chunk; its tag is never used again.
  void remove(std::uint64_t tag);

  /// sent_from returns the tags of the owner's chunks that are with the backend and begin at `first` or later.
  [[nodiscard]] std::vector<std::uint64_t> sent_from(const job& owner, std::uint64_t first) const;

  /// all_of returns the tags of all chunks of one job.
  [[nodiscard]] std::vector<std::uint64_t> all_of(const job& owner) const;

  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

 private:
  struct slot {
    ledger_entry entry;
    std::uint32_t generation = 1;
  };

  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace yoke::detail
