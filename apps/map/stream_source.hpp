#pragma once

#include "engine/backend.hpp"
#include "map/block_work.hpp"
#include "map/input_set.hpp"
#include "sys/file_descriptor.hpp"

#include <cstddef>
#include <cstdint>

namespace yoke::cli {

/// stream_source reads one stream straight into payload memory, block by block, never further than it is asked.
///
/// A block ends with the last whole record that fits; what is behind it begins the next one. A record that does not fit
/// makes the block grow.
class stream_source {
 public:
  /// Opens the input (stdin is taken as it is). Throws io_error.
  stream_source(const input& of, std::size_t block, detail::backend& memory);
  stream_source(const stream_source&) = delete;
  stream_source& operator=(const stream_source&) = delete;
  ~stream_source();

  enum class got : std::uint8_t { block, nothing_yet, end };

  /// read reads until a block is full, nothing more is there, or the stream ends. A `hungry` caller gets the whole
  /// records there are, instead of nothing_yet. Throws io_error, and std::bad_alloc with nothing lost.
  got read(bool hungry);

  /// payload is the block just read, ticket in front; take() hands its memory to the caller.
  struct payload {
    std::byte* memory;
    std::size_t allocated;
    std::uint64_t offset;  ///< of its first byte in the stream
    std::uint64_t bytes;
  };
  payload take();

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  [[nodiscard]] char* text() const { return reinterpret_cast<char*>(memory_) + sizeof(block_ticket); }
  void make_room();
  bool cut_at_last_record();
  [[nodiscard]] bool readable() const;

  const input& input_;
  detail::backend& workers_;
  detail::file_descriptor opened_;
  int descriptor_;
  std::size_t block_;
  std::byte* memory_ = nullptr;
  std::size_t allocated_ = 0;
  std::size_t used_ = 0;      // bytes read into memory_
  std::size_t searched_ = 0;  // of these, known to hold no newline
  std::size_t cut_ = 0;       // bytes of the block being handed out
  std::uint64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace yoke::cli
