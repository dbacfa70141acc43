#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace yoke::detail {

/// philox4x32_10 is the function of that name of J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel
/// random numbers: as easy as 1, 2, 3", SC'11: ten rounds of multiplication, the key moving on by Weyl steps in
/// between. It maps each counter to another block, for every key, and passes BigCrush.
constexpr std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                                     std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t multiplier_0 = 0xD251'1F53;
  constexpr std::uint64_t multiplier_1 = 0xCD9E'8D57;
  constexpr std::uint32_t weyl_0 = 0x9E37'79B9;  // the golden ratio
  constexpr std::uint32_t weyl_1 = 0xBB67'AE85;  // the square root of 3, less 1
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t product_0 = multiplier_0 * counter[0];
    const std::uint64_t product_1 = multiplier_1 * counter[2];
    counter = {static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product_1),
               static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product_0)};
    key = {key[0] + weyl_0, key[1] + weyl_1};
  }
  return counter;
}

}  // namespace yoke::detail
