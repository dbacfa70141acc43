#include "workers/kernels/key_counts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>

namespace yoke::kernels {
namespace {

constexpr std::size_t page = std::size_t{1} << 20;
constexpr std::size_t longest_number = 10;

std::byte* put_number(std::byte* at, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<std::byte>(value | 0x80);
  *at++ = static_cast<std::byte>(value);
  return at;
}

/// reader takes numbers and keys off a block's result, checking each against what is left.
class reader {
 public:
  explicit reader(bytes from) : from_{from} {}

  [[nodiscard]] bool more() const { return !from_.empty(); }

  std::uint64_t hash() {
    std::uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(take(1).front());
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw std::runtime_error{"a block's table of counts is damaged"};
  }

  bytes take(std::size_t size) {
    if (size > from_.size()) throw std::runtime_error{"a block's table of counts is cut short"};
    const bytes taken = from_.first(size);
    from_ = from_.subspan(size);
    return taken;
  }

 private:
  bytes from_;
};

/// ranked is an entry as sorting looks at it: the count and the first bytes of the key settle nearly all comparisons
/// without touching the key.
struct ranked {
  std::uint64_t count;
  std::uint64_t prefix;
  const count_table::entry* of;

  explicit ranked(const count_table::entry& e) : count{e.count}, prefix{0}, of{&e} {
    for (std::size_t i = 0; i < sizeof prefix; ++i) {
      prefix = prefix << 8 | (i < e.key.size() ? static_cast<unsigned char>(e.key[i]) : 0U);
    }
  }

  bool operator<(const ranked& other) const {
    if (count != other.count) return count > other.count;
    if (prefix != other.prefix) return prefix < other.prefix;
    return of->key < other.of->key;
  }
};

}  // namespace

void write_counts(const count_table& table, yoke::detail::byte_sink& to) {
  for (const auto& [hash, count, key] : table.entries()) {
    std::byte* const begin = to.reserve(sizeof hash + 2 * longest_number + key.size());
    std::memcpy(begin, &hash, sizeof hash);
    std::byte* end = put_number(begin + sizeof hash, count);
    end = put_number(end, key.size());
    if (!key.empty()) std::memcpy(end, key.data(), key.size());
    to.commit(static_cast<std::size_t>(end - begin) + key.size());
  }
}

std::string_view key_counts::keep(std::string_view key) {
  if (key.empty()) return {};
  if (key.size() > left_) {
    const std::size_t size = std::max(page, key.size());
    pages_.push_back(std::make_unique_for_overwrite<char[]>(size));
    if (key.size() > page / 2) {
      std::memcpy(pages_.back().get(), key.data(), key.size());
      return {pages_.back().get(), key.size()};
    }
    free_ = pages_.back().get();
    left_ = size;
  }
  char* const at = free_;
  std::memcpy(at, key.data(), key.size());
  free_ += key.size();
  left_ -= key.size();
  return {at, key.size()};
}

void key_counts::add(bytes block_result) {
  struct pending {
    std::uint64_t hash;
    std::uint64_t count;
    std::string_view key;
  };
  std::array<pending, 32> group;
  reader from{block_result};
  while (from.more()) {
    std::size_t size = 0;
    for (; size < group.size() && from.more(); ++size) {
      const std::uint64_t hash = from.hash();
      const std::uint64_t count = from.number();
      const std::uint64_t length = from.number();
      group[size] = {hash, count, text(from.take(length))};
      table_.expect_slot(hash);
    }
    for (std::size_t i = 0; i < size; ++i) table_.expect_entry(group[i].hash);
    for (std::size_t i = 0; i < size; ++i) {
      table_.add(group[i].hash, group[i].key, group[i].count, [this](std::string_view key) { return keep(key); });
    }
  }
}

void key_counts::print(std::uint64_t top, output& to) const {
  std::vector<ranked> order(table_.entries().begin(), table_.entries().end());
  if (top < order.size()) {
    const auto last = order.begin() + static_cast<std::ptrdiff_t>(top);
    std::nth_element(order.begin(), last, order.end());
    order.erase(last, order.end());
  }
  std::sort(order.begin(), order.end());

  std::string buffer;
  for (const ranked& r : order) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), r.count).ptr;
    buffer.append(digits.data(), end).append(1, '\t').append(r.of->key).append(1, '\n');
    if (buffer.size() >= page) {
      to.write(as_bytes(buffer));
      buffer.clear();
    }
  }
  if (!buffer.empty()) to.write(as_bytes(buffer));
}

}  // namespace yoke::kernels
