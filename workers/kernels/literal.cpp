#include "workers/kernels/literal.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace yoke::kernels {
namespace {

/// commonness guesses how often a byte occurs in texts and tables: the higher, the worse to search for.
int commonness(unsigned char byte) {
  if (byte == ' ' || byte == 'e' || byte == '\0') return 10;
  if (std::strchr("taoinsr", byte) != nullptr) return 9;
  if (byte >= '0' && byte <= '9') return 8;
  if (byte >= 'a' && byte <= 'z') return std::strchr("jqxz", byte) != nullptr ? 3 : 7;
  if (std::strchr(",.-_/:;=\"'()\t", byte) != nullptr) return 6;
  if (byte >= 'A' && byte <= 'Z') return 4;
  return byte < 0x80 ? 2 : 5;
}

}  // namespace

literal make_literal(std::string_view text, bool ignore_case) {
  literal made{.bytes = std::string{text}, .folded = std::string(text.size(), '\0')};
  for (std::size_t i = 0; ignore_case && i < text.size(); ++i) {
    const auto lower = static_cast<char>(made.bytes[i] | 0x20);
    if (lower < 'a' || lower > 'z') continue;
    made.bytes[i] = lower;
    made.folded[i] = 0x20;
  }
  return made;
}

literal_finder::literal_finder(literal needle) : needle_{std::move(needle)} {
  const auto rank = [this](std::size_t i) {
    return 2 * commonness(static_cast<unsigned char>(needle_.bytes[i])) + (needle_.folded[i] != 0 ? 1 : 0);
  };
  for (std::size_t i = 1; i < needle_.size(); ++i) {
    if (rank(i) < rank(first_)) first_ = i;
  }
  second_ = first_ == 0 ? needle_.size() - 1 : 0;
  for (std::size_t i = 0; i < needle_.size(); ++i) {
    if (i != first_ && rank(i) < rank(second_)) second_ = i;
  }
}

bool literal_finder::stands_at(const char* at) const {
  for (std::size_t i = 0; i < needle_.size(); ++i) {
    if ((at[i] | needle_.folded[i]) != needle_.bytes[i]) return false;
  }
  return true;
}

std::size_t literal_finder::find_plain(std::string_view text, std::size_t from) const {
  if (text.size() < needle_.size()) return npos;
  const std::size_t end = text.size() - needle_.size() + 1;
  const char rare = needle_.bytes[first_];
  const char fold = needle_.folded[first_];
  for (std::size_t i = from; i < end; ++i) {
    if ((text[i + first_] | fold) == rare && stands_at(text.data() + i)) return i;
  }
  return npos;
}

#if defined(__x86_64__)

[[gnu::target("avx2"), gnu::always_inline]] static inline __m256i load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

[[gnu::target("avx2,bmi")]] std::size_t literal_finder::find_avx2(std::string_view text, std::size_t from) const {
  const __m256i byte_1 = _mm256_set1_epi8(needle_.bytes[first_]);
  const __m256i byte_2 = _mm256_set1_epi8(needle_.bytes[second_]);
  const __m256i fold_1 = _mm256_set1_epi8(needle_.folded[first_]);
  const __m256i fold_2 = _mm256_set1_epi8(needle_.folded[second_]);
  const char* const base = text.data();
  for (; from + 31 + needle_.size() <= text.size(); from += 32) {
    const __m256i hit_1 = _mm256_cmpeq_epi8(_mm256_or_si256(load(base + from + first_), fold_1), byte_1);
    const __m256i hit_2 = _mm256_cmpeq_epi8(_mm256_or_si256(load(base + from + second_), fold_2), byte_2);
    auto hits = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_and_si256(hit_1, hit_2)));
    for (; hits != 0; hits &= hits - 1) {
      const std::size_t at = from + static_cast<std::size_t>(std::countr_zero(hits));
      if (stands_at(base + at)) return at;
    }
  }
  return find_plain(text, from);
}

std::size_t literal_finder::find(std::string_view text, std::size_t from) const {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? find_avx2(text, from) : find_plain(text, from);
}

#else

std::size_t literal_finder::find(std::string_view text, std::size_t from) const { return find_plain(text, from); }

#endif

}  // namespace yoke::kernels
