#include "bench/workloads/digest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace yoke::bench {

std::uint64_t digest_of_bytes(std::span<const std::byte> bytes, std::uint64_t before) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), before);
}

}  // namespace yoke::bench
