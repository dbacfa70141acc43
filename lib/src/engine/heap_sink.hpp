#pragma once

#include <yoke/detail/byte_sink.hpp>

#include <cstddef>
#include <span>

namespace yoke::detail {

/// heap_sink is a byte_sink in private memory, made to be cleared and filled again.
class heap_sink final : public byte_sink {
 public:
  heap_sink() = default;
  ~heap_sink();

  /// clear forgets the bytes and keeps the memory.
  void clear() { truncate(0); }

  /// shrink gives memory beyond `bytes` back; what was written is forgotten.
  void shrink(std::size_t bytes);

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data(), size()}; }

 private:
  void grow(std::size_t bytes) override;
};

}  // namespace yoke::detail
