#pragma once

#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/chunk_call.hpp>
#include <yoke/options.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace yoke::detail {

/// bulk_work is the part of a map or a reduction that knows types: what its items are made of and where results go.
///
/// The engine makes all calls under its lock, in the coordinator, in the thread that drives it.
class bulk_work {
 public:
  bulk_work() = default;
  bulk_work(const bulk_work&) = delete;
  bulk_work& operator=(const bulk_work&) = delete;
  virtual ~bulk_work() = default;

  /// whole returns the bytes of items that are sent as they lie in memory; empty where encode() has to be asked.
  [[nodiscard]] virtual std::span<const std::byte> whole(std::uint64_t first, std::uint64_t count) const;

  /// encode appends what a worker needs to see these items.
  virtual void encode(std::uint64_t first, std::uint64_t count, byte_sink& into) const;

  /// deliver takes the results of these items; each item comes once, in any order.
  virtual void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) = 0;
};

/// bulk_plan is the rest of a map or a reduction: what the engine has to know of it.
struct bulk_plan {
  chunk_entry entry = nullptr;
  const void* closure = nullptr;
  std::size_t closure_bytes = 0;  ///< bytes to copy to where workers can read them; 0: `closure` is used where it is
  bool sends_items = false;       ///< chunks carry a payload: whole() or encode()
  std::uint64_t items = 0;
  std::uint64_t grain = 1;    ///< chunks are whole multiples of this many items
  bool keeps_partial = true;  ///< results of a chunk that was cut short are of use
  bool reruns = true;         ///< what rerun::by_call means here
  call_options options = {};
};

}  // namespace yoke::detail
