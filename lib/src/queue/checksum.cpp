#include "queue/checksum.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace yoke::detail {

#ifdef YOKE_XXH3_AVX2
unsigned long xxh3_avx2(const void* bytes, unsigned long count, unsigned long seed);  // three times as fast
#endif

namespace {

[[maybe_unused]] constexpr std::size_t worth_a_choice = 1024;  // bytes

std::uint64_t xxh3(std::span<const std::byte> bytes, std::uint64_t seed) {
#ifdef YOKE_XXH3_AVX2
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (bytes.size() >= worth_a_choice && has_avx2) return xxh3_avx2(bytes.data(), bytes.size(), seed);
#endif
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace

std::uint64_t checksum_of(const done_record& record, std::span<const std::byte> results) {
  return xxh3(results, XXH3_64bits(&record, offsetof(done_record, checksum)));
}

}  // namespace yoke::detail
