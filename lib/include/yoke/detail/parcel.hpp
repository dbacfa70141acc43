#pragma once

#include <yoke/detail/vector_sink.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <vector>

namespace yoke::detail {

/// arrival is what came back for some neighbouring items of a parcel: the bytes of their results, or one item's error.
struct arrival {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::size_t offset = 0;  ///< where the results begin in those of the parcel
  std::size_t bytes = 0;
  std::exception_ptr error = nullptr;
};

/// parcel is a run of a stream's items on its way to the workers and back.
///
/// The stream's owner fills it and hands it over; while it is with the engine nobody else touches it; then the owner
/// takes it back, with its arrivals in the order of the items.
class parcel {
 public:
  parcel() = default;
  parcel(const parcel&) = delete;
  parcel& operator=(const parcel&) = delete;
  virtual ~parcel() = default;

  std::uint64_t first = 0;  ///< number of the first item, and how many there are
  std::uint64_t count = 0;
  vector_sink input;                  ///< what workers get
  std::vector<std::uint64_t> begins;  ///< where each item begins in `input`; empty where it is every item_bytes
  std::size_t item_bytes = 0;

  std::vector<arrival> arrivals;
  std::size_t readable = 0;  ///< arrivals to be yielded: an ordered stream ends where something is missing
  vector_sink results;

  /// begin_of returns where what a worker needs for this item and those behind it begins.
  [[nodiscard]] std::size_t begin_of(std::uint64_t item) const {
    return begins.empty() ? (item - first) * item_bytes : begins[item - first];
  }

  /// clear makes the parcel as good as new.
  virtual void clear() {
    count = 0;
    input.truncate(0);
    begins.clear();
    arrivals.clear();
    readable = 0;
    results.truncate(0);
  }

 private:
  friend class parcel_job;

  // Under the engine's lock, while the parcel is with it.
  std::byte* payload_ = nullptr;
  std::uint64_t settled_ = 0;  // items that have arrived
  std::uint64_t readers_ = 0;  // chunks that workers may still read
};

}  // namespace yoke::detail
