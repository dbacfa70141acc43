#pragma once

#include <yoke/detail/byte_sink.hpp>

#include <cstddef>
#include <vector>

namespace yoke::detail {

/// vector_sink is a byte_sink over a std::vector, for the few bytes that go with a closure.
class vector_sink final : public byte_sink {
 public:
  vector_sink() = default;

  [[nodiscard]] std::size_t capacity() const { return bytes_.size(); }

 private:
  void grow(std::size_t bytes) override {
    const std::size_t used = size();
    bytes_.resize(2 * (used + bytes));
    begin_ = bytes_.data();
    cursor_ = begin_ + used;
    limit_ = begin_ + bytes_.size();
  }

  std::vector<std::byte> bytes_;
};

}  // namespace yoke::detail
