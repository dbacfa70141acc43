// The one file compiled for AVX2. It includes nothing whose code could be shared with other files, which must run on
// any x86-64.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace yoke::detail {

unsigned long xxh3_avx2(const void* bytes, unsigned long count, unsigned long seed) {
  return XXH3_64bits_withSeed(bytes, count, seed);
}

}  // namespace yoke::detail
