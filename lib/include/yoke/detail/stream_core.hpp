#pragma once

#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/parcel.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/stream_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace yoke::detail {

/// stream_shape is what the owner of a stream knows of how its items are run.
struct stream_shape {
  chunk_entry entry = nullptr;
  const void* closure = nullptr;
  std::size_t closure_bytes = 0;  ///< bytes to copy to where workers can read them; 0: `closure` is used where it is
  bool ordered = true;
  bool collects_errors = false;
};

/// stream_core is an open stream without its templates. All calls are made by one thread at a time, its owner; no code
/// of the user's is called from here.
///
/// When it is destroyed, nothing new is started, what runs is ended where workers can be and else awaited, and the
/// rest is dropped.
class stream_core {
 public:
  /// Opens a stream of `pool`: for route::team this forks its processes. Throws what a call of map throws at its
  /// beginning.
  stream_core(pool_core& pool, route way, const stream_options& options);
  stream_core(const stream_core&) = delete;
  stream_core& operator=(const stream_core&) = delete;
  ~stream_core();

  /// start comes before all below, once.
  void start(const stream_shape& shape);

  /// wanted returns how many items the next parcel is to have, and 0 while the window is full.
  [[nodiscard]] std::uint64_t wanted();

  /// put hands over a parcel of at least one item; finish says that there will be no more.
  void put(std::unique_ptr<parcel> full);
  void finish();

  /// ready tells whether take() would return without waiting.
  [[nodiscard]] bool ready() const;

  /// take waits for the next parcel and returns it, with all its arrivals; null when all have been taken, and the
  /// stream is closed then. Throws the error that ended the stream, in its place.
  std::unique_ptr<parcel> take();

  /// close ends the stream here, as the destructor does.
  void close() noexcept;

 private:
  class parts;

  std::unique_ptr<parts> parts_;
};

}  // namespace yoke::detail
