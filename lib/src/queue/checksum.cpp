#include "queue/checksum.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace yoke::detail {

std::uint64_t checksum_of(const done_record& record, std::span<const std::byte> results) {
  const std::uint64_t seed = XXH3_64bits(&record, offsetof(done_record, checksum));
  return XXH3_64bits_withSeed(results.data(), results.size(), seed);
}

}  // namespace yoke::detail
