#include "workers/kernels/line_regex.hpp"

#include <chrono>
#include <cstring>
#include <numeric>
#include <vector>

#include <re2/filtered_re2.h>

namespace yoke::kernels {
namespace {

/// So much of the text is looked at before a look back at whether its matches still stand close together.
constexpr std::size_t dense_window = 4 * 1024;

/// Counting at once multiplies the states of RE2's automaton. Where they become too many for its memory it falls back
/// to something slower by far. Nothing but the time tells, and only twice in a row: once may be the machine's load.
constexpr auto longest_window = std::chrono::nanoseconds{50} * dense_window;

/// Beyond this RE2 needs long to tell what a pattern requires, most of all a long list of words, which requires
/// nothing.
constexpr std::size_t longest_to_filter = 512;

RE2::Options latin1_lines(std::int64_t memory) {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_never_nl(true);
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_max_mem(memory << 20U);
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::string complaint(const RE2& bad) {
  switch (bad.error_code()) {
    case RE2::ErrorRepeatSize:
      return bad.error() + " (counts go from low to high and up to 1000, those around them multiplied in)";
    case RE2::ErrorPatternTooLarge:
      return "it is too large; lower the counts of its repeats";
    default:
      return bad.error();
  }
}

std::string_view without_newline(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

}  // namespace

line_place line_around(std::string_view text, std::size_t begin, std::size_t at) {
  if (const void* newline = at == begin ? nullptr : ::memrchr(text.data() + begin, '\n', at - begin)) {
    begin = static_cast<std::size_t>(static_cast<const char*>(newline) - text.data()) + 1;
  }
  const std::size_t newline = text.find('\n', at);
  return {begin, newline == std::string_view::npos ? text.size() : newline + 1};
}

line_regex::line_regex(std::string_view pattern, const regex_options& options)
    : one_{"(?m)" + to_re2(pattern, options), latin1_lines(64)},
      next_{"(?m)\\C*?(?:" + to_re2(pattern, options) + ')', latin1_lines(64)},
      several_{"(?m)(?:\\C*?(?:" + to_re2(pattern, options) + ").*$\\C){" + std::to_string(at_once) + '}',
               latin1_lines(8)} {
  for (const RE2* regex : {&one_, &next_}) {
    if (!regex->ok()) bad_pattern(pattern, complaint(*regex));
  }
}

bool line_regex::matches(std::string_view line) const {
  line = without_newline(line);
  return one_.Match(piece(line), 0, line.size(), RE2::UNANCHORED, nullptr, 0);
}

std::optional<line_place> line_regex::find(std::string_view text, std::size_t from, bool close) const {
  if (from == text.size()) return std::nullopt;
  const std::string_view lines = without_newline(text.substr(from));
  re2::StringPiece match;
  const bool found = close ? next_.Match(piece(lines), 0, lines.size(), RE2::ANCHOR_START, &match, 1)
                           : one_.Match(piece(lines), 0, lines.size(), RE2::UNANCHORED, &match, 1);
  if (!found) return std::nullopt;
  return line_around(text, from, static_cast<std::size_t>(match.data() + match.size() - text.data()));
}

std::uint64_t line_regex::count(std::string_view text) const {
  std::uint64_t lines = 0;
  for (int slow = several_.ok() ? 0 : 2;;) {
    std::size_t done = 0;
    for (std::uint64_t i = 0; i < at_once; ++i, ++lines) {
      const auto line = find(text, done, false);
      if (!line) return lines;
      done = line->end;
    }
    text.remove_prefix(done);
    if (slow == 2 || done > close_together) continue;
    const auto start = std::chrono::steady_clock::now();
    lines += count_dense(text);
    slow = std::chrono::steady_clock::now() - start < longest_window ? 0 : slow + 1;
  }
}

std::uint64_t line_regex::count_dense(std::string_view& text) const {
  const std::string_view window = text.substr(0, dense_window);
  std::size_t end = window.rfind('\n') + 1;
  std::uint64_t lines = 0;
  re2::StringPiece match;
  while (several_.Match(piece(text.substr(0, end)), 0, end, RE2::ANCHOR_START, &match, 1)) {
    text.remove_prefix(match.size());
    end -= match.size();
    lines += at_once;
  }
  return lines;
}

std::string line_regex::required_text() const {
  if (one_.pattern().size() > longest_to_filter) return {};
  re2::FilteredRE2 filter{2};
  int id = 0;
  filter.Add(one_.pattern(), one_.options(), &id);
  std::vector<std::string> atoms;
  filter.Compile(&atoms);

  std::string longest;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    std::vector<int> others(atoms.size() - 1);
    std::iota(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(i), 0);
    std::iota(others.begin() + static_cast<std::ptrdiff_t>(i), others.end(), static_cast<int>(i) + 1);
    std::vector<int> passed;
    filter.AllPotentials(others, &passed);
    if (passed.empty() && atoms[i].size() > longest.size()) longest = atoms[i];
  }
  return longest;
}

}  // namespace yoke::kernels
