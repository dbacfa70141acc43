#pragma once

#include "stress/torture/oracle.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string_view>

namespace yoke_torture {

using dice = std::mt19937_64;

/// load is work for one pool, done again and again while its workers are killed. Each result is checked.
class load {
 public:
  load() = default;
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  virtual ~load() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  /// round runs one job of a random shape and tells the oracle about it.
  virtual void round(dice& random, oracle& judge, std::size_t number) = 0;
};

/// make_map_load maps numbers to byte strings of very different lengths; some calls are cancelled half-way.
std::unique_ptr<load> make_map_load(int workers);
/// make_stream_load sends blocks through an ordered or unordered stream; some are cancelled half-way.
std::unique_ptr<load> make_stream_load(int workers);
/// make_pool_load sums and maps through yoke::pool, and compares with the serial backend.
std::unique_ptr<load> make_pool_load(int workers);
/// make_imap_load reads streams of yoke::pool, ordered and unordered; some are left half-way.
std::unique_ptr<load> make_imap_load(int workers);
/// make_future_load submits tasks one by one to yoke::pool; some are cancelled.
std::unique_ptr<load> make_future_load(int workers);
/// make_raw_load sends chunks straight to the backend, takes some back, and asks for a fresh worker for others.
std::unique_ptr<load> make_raw_load(int workers);

/// pattern_byte is byte `position` of the data that belongs to `key`.
inline char pattern_byte(std::uint64_t key, std::uint64_t position) {
  return static_cast<char>((key * 0x9e37'79b9'7f4a'7c15U + position * 31) >> 7);
}

/// spread turns a number into one that looks random.
inline std::uint64_t spread(std::uint64_t key) {
  key = (key ^ (key >> 31)) * 0x7fb5'd329'728e'a185U;
  return key ^ (key >> 29);
}

}  // namespace yoke_torture
