#include "capture/capture_check.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace yoke::detail {

namespace {

constexpr std::uintptr_t lowest_address = 65536;
constexpr std::uintptr_t end_of_addresses = std::uintptr_t{1} << 47;

bool can_be_address(std::uintptr_t word) {
#ifdef __SANITIZE_ADDRESS__
  // AddressSanitizer's shadow fills the addresses of many plain numbers; no pointer of a program leads there.
  constexpr address_range shadow{0x7fff8000, 0x10007fff8000};
  if (shadow.contains(word)) return false;
#endif
  return word >= lowest_address && word < end_of_addresses;
}

bool is_in_any(std::span<const address_range> ranges, std::uintptr_t word) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const address_range& range) { return range.contains(word); });
}

bool is_stack(const mapped_range& range) {
  const char here = 0;
  return range.name == "[stack]" || range.contains(reinterpret_cast<std::uintptr_t>(&here));
}

capture_verdict verdict_on(std::uintptr_t address, const mapped_range& range) {
  capture_verdict verdict;
  verdict.address = address;
  verdict.file = range.is_file() ? std::string(range.name) : std::string();
  if (range.shared) {
    verdict.where = pointee::shared_memory;
  } else if (is_stack(range)) {
    verdict.where = pointee::stack;
  } else if (const auto image = image_at(address); image && range.writable) {
    verdict.where = pointee::variables;
    if (verdict.file.empty()) verdict.file = *image;
  } else if (!range.writable) {
    verdict.where = image && range.is_file() ? pointee::later_library : pointee::read_only;
  } else if (range.name == "[heap]") {
    verdict.where = pointee::heap;
  } else {
    verdict.where = range.is_file() ? pointee::private_file : pointee::anonymous;
  }
  return verdict;
}

// `doubtful` returns the range that a word points into, or null when that is fine.
template <class Lookup>
capture_verdict look_at_words(std::span<const std::byte> bytes, std::span<const address_range> segments,
                              Lookup doubtful) {
  capture_verdict worst;
  for (std::size_t i = 0; i < bytes.size() / sizeof(std::uintptr_t); ++i) {
    std::uintptr_t word = 0;
    std::memcpy(&word, bytes.data() + i * sizeof(word), sizeof(word));
    if (!can_be_address(word) || is_in_any(segments, word)) continue;
    const mapped_range* const range = doubtful(word);
    if (range == nullptr || !range->is_accessible()) continue;
    capture_verdict verdict = verdict_on(word, *range);
    verdict.word = i;
    if (verdict.is_private_writable()) return verdict;
    if (worst.allowed()) worst = std::move(verdict);
  }
  return worst;
}

}  // namespace

bool capture_verdict::is_private_writable() const noexcept {
  switch (where) {
    case pointee::stack:
    case pointee::heap:
    case pointee::anonymous:
    case pointee::variables:
    case pointee::private_file:
      return true;
    default:
      return false;
  }
}

std::string capture_verdict::describe() const {
  const std::string word_points = "word " + std::to_string(word) + " points into ";
  switch (where) {
    case pointee::fine:
      return "";
    case pointee::stack:
      return word_points + "the stack";
    case pointee::heap:
      return word_points + "the heap";
    case pointee::anonymous:
      return word_points + "the heap or another thread's stack";
    case pointee::variables:
      return word_points + "the global or static variables of " + (file.empty() ? "the program" : file);
    case pointee::private_file:
      return word_points + "a private writable mapping of " + file;
    case pointee::shared_memory:
      return word_points + "shared memory" + (file.empty() ? "" : " (" + file + ")") + " that is not the pool's";
    case pointee::later_library:
      return word_points + "a shared library loaded after the pool was built: " + file;
    case pointee::constants:
      return word_points + "the constants or functions of " + (file.empty() ? "the program" : file);
    case pointee::read_only:
      return word_points + "a read-only mapping" + (file.empty() ? "" : " of " + file);
  }
  return "";
}

capture_verdict check_words(std::span<const std::byte> bytes, const image_list& images,
                            std::span<const address_range> segments, images_lie where) {
  std::optional<memory_map> now;
  capture_verdict verdict = look_at_words(bytes, segments, [&](std::uintptr_t word) -> const mapped_range* {
    if (where == images_lie::there && images.holds(word)) return nullptr;
    if (!now) now = memory_map::read();
    return now->find(word);
  });
  if (where == images_lie::elsewhere && verdict.where == pointee::later_library) verdict.where = pointee::constants;
  return verdict;
}

capture_verdict check_words(std::span<const std::byte> bytes, const image_list& images,
                            std::span<const address_range> segments, const memory_map& now) {
  return look_at_words(bytes, segments,
                       [&](std::uintptr_t word) { return images.holds(word, now) ? nullptr : now.find(word); });
}

}  // namespace yoke::detail
