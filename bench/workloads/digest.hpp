#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace yoke::bench {

/// digest_of_bytes returns the XXH3 hash of bytes; `before` is the digest of what came before them.
std::uint64_t digest_of_bytes(std::span<const std::byte> bytes, std::uint64_t before = 0);

/// digest_of hashes numbers, bit by bit: a sum that was rounded differently is another one.
template <class T>
std::uint64_t digest_of(const std::vector<T>& values, std::uint64_t before = 0) {
  static_assert(std::is_arithmetic_v<T>);
  return digest_of_bytes(std::as_bytes(std::span{values}), before);
}

/// digest_of hashes rows one after the other.
template <class T>
std::uint64_t digest_of(const std::vector<std::vector<T>>& rows) {
  std::uint64_t value = rows.size();
  for (const auto& each : rows) value = digest_of(each, value);
  return value;
}

/// mixed turns a number into one that looks random (the finaliser of Stafford's variant 13, as in SplitMix64).
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

/// unit_interval turns a number into one of [0, 1).
constexpr double unit_interval(std::uint64_t x) { return static_cast<double>(mixed(x) >> 11U) * 0x1p-53; }

}  // namespace yoke::bench
