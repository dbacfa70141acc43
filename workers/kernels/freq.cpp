#include "workers/kernels/freq.hpp"

#include "workers/kernels/key_counts.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

namespace yoke::kernels {
namespace {

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();

bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }
bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/// field_of returns the nth run of bytes other than blanks, from 1, or an empty view when there are fewer.
std::string_view field_of(std::string_view line, std::uint64_t n) {
  const char* at = line.data();
  const char* const end = at + line.size();
  for (;; --n) {
    while (at != end && is_blank(*at)) ++at;
    const char* const begin = at;
    while (at != end && !is_blank(*at)) ++at;
    if (n == 1 || begin == at) return {begin, static_cast<std::size_t>(at - begin)};
  }
}

template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    visit(text.substr(0, newline));
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
}

template <typename Visit>
void for_each_word(std::string_view text, Visit visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    while (at != end && is_space(*at)) ++at;
    const char* const begin = at;
    while (at != end && !is_space(*at)) ++at;
    if (begin != at) visit(std::string_view{begin, static_cast<std::size_t>(at - begin)});
  }
}

class table_printer final : public combiner {
 public:
  table_printer(output& to, std::uint64_t top) : to_{to}, top_{top} {}
  void add(bytes block_result) override { sum_.add(block_result); }
  int finish() override {
    sum_.print(top_, to_);
    return 0;
  }

 private:
  output& to_;
  std::uint64_t top_;
  key_counts sum_;
};

enum class key : std::uint8_t { line, field, word };

class freq final : public kernel {
 public:
  freq(key what, std::uint64_t field, std::uint64_t top) : what_{what}, field_{field}, top_{top} {}

  void run(bytes block, yoke::detail::byte_sink& result) const override {
    count_table table;
    const auto count = [&table](std::string_view found) {
      table.add(count_table::hash_of(found), found, 1, [](std::string_view view) { return view; });
    };
    switch (what_) {
      case key::line:
        for_each_line(text(block), count);
        break;
      case key::word:
        for_each_word(text(block), count);
        break;
      case key::field:
        for_each_line(text(block), [&](std::string_view line) {
          if (const auto found = field_of(line, field_); !found.empty()) count(found);
        });
        break;
    }
    write_counts(table, result);
  }

  [[nodiscard]] std::unique_ptr<combiner> collect(output& to) const override {
    return std::make_unique<table_printer>(to, top_);
  }

 private:
  key what_;
  std::uint64_t field_;
  std::uint64_t top_;
};

std::uint64_t positive(std::string_view name, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) {
    throw bad_operand{"--" + std::string{name} + " needs a whole number from 1 up, not '" + std::string{text} + "'"};
  }
  return value;
}

constexpr std::array flags{
    flag{'f', "field", "N", "count the Nth field instead of whole lines; blanks and tabs separate fields"},
    flag{'w', "words", "", "count words; any white space separates them"},
    flag{'t', "top", "K", "print the K most frequent keys only"},
};

constexpr std::string_view notes =
    "Prints one line per key, COUNT<TAB>KEY, the most frequent first and equal counts by the bytes of the key.\n"
    "A key is a whole line without its newline (an empty line is a key), the Nth field, or a word. A line with\n"
    "fewer than N fields is not counted, as in awk 'NF >= N {print $N}'. All keys are held in memory.\n";

std::unique_ptr<kernel> make(const words& given) {
  const given_flag* const field = given.find("field");
  if (field != nullptr && given.has("words")) {
    throw bad_operand{"--field and --words exclude each other: a key is one or the other"};
  }
  const given_flag* const top = given.find("top");
  const std::uint64_t n = field != nullptr ? positive("field", field->text) : 0;
  const std::uint64_t k = top != nullptr ? positive("top", top->text) : everything;
  const key what = field != nullptr ? key::field : given.has("words") ? key::word : key::line;
  return std::make_unique<freq>(what, n, k);
}

}  // namespace

kernel_spec freq_spec() {
  return {.name = "freq",
          .summary = "count how often each line, field or word occurs",
          .operands = {},
          .flags = flags,
          .notes = notes,
          .make = make};
}

}  // namespace yoke::kernels
