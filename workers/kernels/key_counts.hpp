#pragma once

#include <yoke/detail/byte_sink.hpp>

#include "workers/kernels/count_table.hpp"
#include "workers/kernels/kernel.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace yoke::kernels {

/// write_counts appends a block's table to its result: per key its hash (8 bytes), its count and its length (7 bits a
/// byte, the lowest first), and its bytes.
void write_counts(const count_table& table, yoke::detail::byte_sink& to);

/// key_counts is the sum of many blocks' tables. It owns its keys.
class key_counts {
 public:
  /// add adds what write_counts wrote. Throws std::runtime_error for bytes that it did not write.
  void add(bytes block_result);

  /// print writes COUNT<TAB>KEY lines, the most frequent first, equal counts by the bytes of the key; at most `top`.
  void print(std::uint64_t top, output& to) const;

 private:
  std::string_view keep(std::string_view key);

  count_table table_;
  std::vector<std::unique_ptr<char[]>> pages_;
  char* free_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace yoke::kernels
