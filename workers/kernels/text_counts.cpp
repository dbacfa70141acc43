#include "workers/kernels/text_counts.hpp"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace yoke::kernels {
namespace {

/// masks holds one bit for each of 64 bytes, the first in the lowest bit. A byte that is neither space nor print is
/// neutral: it belongs to whatever surrounds it.
struct masks {
  std::uint64_t newline;
  std::uint64_t space;
  std::uint64_t print;
};

/// tally adds 64 bytes to the counts. "Inside a word" runs through the bytes like an adder's carry: a printable byte
/// generates it, a neutral one passes it on, a space kills it.
[[gnu::always_inline]] inline void tally(const masks& m, text_counts& counts, std::uint64_t& inside) {
  const std::uint64_t passes = ~m.space;
  std::uint64_t sum;
  const bool overflow_1 = __builtin_add_overflow(passes, m.print, &sum);
  const bool overflow_2 = __builtin_add_overflow(sum, inside, &sum);
  const std::uint64_t inside_before = sum ^ passes ^ m.print;
  inside = static_cast<std::uint64_t>(overflow_1 | overflow_2);
  counts.words += static_cast<std::uint64_t>(std::popcount(m.print & ~inside_before));
  counts.lines += static_cast<std::uint64_t>(std::popcount(m.newline));
}

constexpr std::size_t stride = 64;

/// padded copies the last bytes of a text to 64, filled up with neutral ones.
std::array<char, stride> padded(std::string_view rest) {
  std::array<char, stride> block{};
  if (!rest.empty()) std::memcpy(block.data(), rest.data(), rest.size());
  return block;
}

masks classify_portable(const char* at) {
  masks m{};
  for (std::size_t i = 0; i < stride; ++i) {
    const auto byte = static_cast<unsigned char>(at[i]);
    m.newline |= std::uint64_t{byte == '\n'} << i;
    m.space |= std::uint64_t{byte == ' ' || (byte >= '\t' && byte <= '\r')} << i;
    m.print |= std::uint64_t{byte > ' ' && byte < 0x7f} << i;
  }
  return m;
}

#if defined(__x86_64__)

masks classify_sse2(const char* at) {
  const __m128i newline = _mm_set1_epi8('\n');
  const __m128i space = _mm_set1_epi8(' ');
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i four = _mm_set1_epi8(4);
  const __m128i del = _mm_set1_epi8(0x7f);
  masks m{};
  for (unsigned i = 0; i < stride; i += 16) {
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    const auto bits = [i](__m128i v) { return std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(v))} << i; };
    const __m128i from_tab = _mm_sub_epi8(b, tab);
    const __m128i is_control_space = _mm_cmpeq_epi8(_mm_min_epu8(from_tab, four), from_tab);
    m.newline |= bits(_mm_cmpeq_epi8(b, newline));
    m.space |= bits(_mm_or_si128(is_control_space, _mm_cmpeq_epi8(b, space)));
    m.print |= bits(_mm_andnot_si128(_mm_cmpeq_epi8(b, del), _mm_cmpgt_epi8(b, space)));
  }
  return m;
}

text_counts count_sse2(std::string_view text) {
  text_counts counts{.bytes = text.size()};
  std::uint64_t inside = 0;
  for (; text.size() >= stride; text.remove_prefix(stride)) tally(classify_sse2(text.data()), counts, inside);
  tally(classify_sse2(padded(text).data()), counts, inside);
  return counts;
}

[[gnu::target("avx2,popcnt"), gnu::always_inline]] inline masks classify_avx2(const char* at) {
  const __m256i newline = _mm256_set1_epi8('\n');
  const __m256i space = _mm256_set1_epi8(' ');
  const __m256i tab = _mm256_set1_epi8('\t');
  const __m256i four = _mm256_set1_epi8(4);
  const __m256i del = _mm256_set1_epi8(0x7f);
  masks m{};
  for (unsigned i = 0; i < stride; i += 32) {
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + i));
    const __m256i from_tab = _mm256_sub_epi8(b, tab);
    const __m256i is_control_space = _mm256_cmpeq_epi8(_mm256_min_epu8(from_tab, four), from_tab);
    const __m256i is_space = _mm256_or_si256(is_control_space, _mm256_cmpeq_epi8(b, space));
    const __m256i is_print = _mm256_andnot_si256(_mm256_cmpeq_epi8(b, del), _mm256_cmpgt_epi8(b, space));
    m.newline |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, newline)))} << i;
    m.space |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(is_space))} << i;
    m.print |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(is_print))} << i;
  }
  return m;
}

[[gnu::target("avx2,popcnt")]] text_counts count_avx2(std::string_view text) {
  text_counts counts{.bytes = text.size()};
  std::uint64_t inside = 0;
  for (; text.size() >= stride; text.remove_prefix(stride)) tally(classify_avx2(text.data()), counts, inside);
  tally(classify_avx2(padded(text).data()), counts, inside);
  return counts;
}

#endif

}  // namespace

namespace detail {

text_counts count_text_portable(std::string_view text) {
  text_counts counts{.bytes = text.size()};
  std::uint64_t inside = 0;
  for (; text.size() >= stride; text.remove_prefix(stride)) tally(classify_portable(text.data()), counts, inside);
  tally(classify_portable(padded(text).data()), counts, inside);
  return counts;
}

text_counts count_text_fast(std::string_view text) {
#if defined(__x86_64__)
  return count_sse2(text);
#else
  return count_text_portable(text);
#endif
}

}  // namespace detail

text_counts count_text(std::string_view text) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  if (has_avx2) return count_avx2(text);
#endif
  return detail::count_text_fast(text);
}

std::uint64_t count_lines(std::string_view text) { return count_text(text).lines; }

}  // namespace yoke::kernels
