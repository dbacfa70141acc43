#include "workers/kernels/to_re2.hpp"

#include "workers/kernels/kernel.hpp"

#include <cstddef>
#include <vector>

namespace yoke::kernels {
namespace {

/// RE2 complains on stderr about some patterns that no command line could hold.
constexpr std::size_t longest_pattern = 128 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_lower(static_cast<char>(c | 0x20)); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }
char other_case(char c) { return static_cast<char>(c ^ 0x20); }

std::string hex(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[value >> 4U], digits[value & 15U]};
}

class translator {
 public:
  translator(std::string_view pattern, const regex_options& options) : pattern_{pattern}, options_{options} {}

  std::string whole() {
    while (more()) options_.fixed ? plain() : item();
    if (!groups_.empty()) fail("'(' without its ')'", groups_.back().at);
    return std::move(out_);
  }

 private:
  static constexpr std::size_t nothing = std::string::npos;

  struct group {
    std::size_t at;   ///< of its parenthesis in the pattern
    std::size_t out;  ///< and in the output
  };

  [[noreturn]] void fail(const std::string& what, std::size_t at) const {
    bad_pattern(pattern_, what + " at position " + std::to_string(at + 1));
  }

  [[nodiscard]] bool more() const { return at_ < pattern_.size(); }
  [[nodiscard]] bool next_is(char c, std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() && pattern_[at_ + ahead] == c;
  }
  [[nodiscard]] bool next_is_repeat(std::size_t ahead = 0) const {
    return next_is('*', ahead) || next_is('+', ahead) || next_is('?', ahead) || next_is('{', ahead);
  }

  /// atom appends something that a repeat may follow.
  void atom(std::string_view text) {
    atom_ = out_.size();
    repeated_ = false;
    after_letter_ = false;
    out_ += text;
  }

  void next_branch() {
    out_ += '|';
    atom_ = nothing;
    after_letter_ = false;
    branch_ = out_.size();
  }

  void plain() {
    const char c = pattern_[at_++];
    c == '\n' ? next_branch() : byte(c);
  }

  void byte(char c) {
    const bool either_case = options_.ignore_case && is_letter(c);
    atom(either_case ? std::string{'[', c, other_case(c), ']'} : is_word(c) ? std::string{c} : hex(c));
    after_letter_ = is_word(c);
  }

  void item() {
    switch (pattern_[at_]) {
      case '\n':
        if (!groups_.empty()) fail("'(' without its ')'", groups_.back().at);
        [[fallthrough]];
      case '|':
        ++at_;
        return next_branch();
      case '(':
        return open();
      case ')':
        return close();
      case '[':
        return bracket();
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        return repeat(pattern_.substr(at_++, 1));
      case '{':
        return brace();
      case '.':
      case '^':
      case '$':
        return atom(pattern_.substr(at_++, 1));
      default:
        return plain();
    }
  }

  void open() {
    groups_.push_back({at_++, out_.size()});
    out_ += "(?:";
    atom_ = nothing;
    after_letter_ = false;
  }

  void close() {
    if (groups_.empty()) return plain();
    ++at_;
    atom_ = groups_.back().out;
    repeated_ = false;
    after_letter_ = false;
    groups_.pop_back();
    out_ += ')';
  }

  /// repeat takes care of what is repeated already, since RE2 would read a+? as a reluctant a+.
  void repeat(std::string_view how) {
    if (atom_ == nothing) atom("(?:)");
    const bool simple = how.size() == 1;
    if (how != "+") after_letter_ = false;
    if (repeated_ && simple && out_.back() != '}') {
      if (out_.back() != how.front()) out_.back() = '*';
      return;
    }
    if (repeated_) {
      out_.insert(atom_, "(?:");
      out_ += ')';
    }
    repeated_ = true;
    out_ += how;
  }

  /// brace reads {n}, {n,}, {,m} or {n,m}; a brace that begins none of them is an ordinary byte.
  void brace() {
    const std::size_t start = at_++;
    const std::string least = number();
    const bool range = next_is(',');
    if (range) ++at_;
    const std::string most = range ? number() : "";
    if (!next_is('}') || (!range && least.empty())) {
      at_ = start;
      return plain();
    }
    ++at_;
    repeat('{' + (least.empty() ? "0" : least) + (range ? "," : "") + most + '}');
  }

  std::string number() {
    const std::size_t start = at_;
    while (more() && is_digit(pattern_[at_])) ++at_;
    return std::string{pattern_.substr(start, at_ - start)};
  }

  void escape() {
    const std::size_t start = at_++;
    if (!more()) fail("a backslash with nothing behind it", start);
    const char c = pattern_[at_++];
    switch (c) {
      case 'w':
      case 'W':
      case 'd':
      case 'D':
      case 'b':
      case 'B':
      case 't':
        return atom(std::string{'\\', c});
      case 's':
        return atom("[[:space:]]");
      case 'S':
        return atom("[^[:space:]]");
      case 'x':
        return atom(hex_byte(start));
      case '`':
        return atom("^");
      case '\'':
        return atom("$");
      case '<':
        return word_begin(start);
      case '>':
        return word_end(start);
      default:
        break;
    }
    if (is_digit(c)) fail("a back-reference, which RE2 does not have,", start);
    if (is_word(c)) {
      fail(std::string{"unknown escape \\"} + c + " (for the byte itself leave the backslash out)", start);
    }
    byte(c);
  }

  std::string hex_byte(std::size_t start) {
    for (std::size_t i = 0; i < 2; ++i) {
      const char c = at_ + i < pattern_.size() ? pattern_[at_ + i] : '\0';
      if (!is_digit(c) && (!is_letter(c) || (c | 0x20) > 'f')) fail("\\x without two hexadecimal digits", start);
    }
    at_ += 2;
    return "\\x" + std::string{pattern_.substr(at_ - 2, 2)};
  }

  /// word_begin and word_end write \b where a word's letter is sure to follow or to precede. RE2 can look no further,
  /// but where a match begins or ends it may take in the byte outside of the word.
  void word_begin(std::size_t start) {
    if (more() && is_word(pattern_[at_]) && !next_is_repeat(1)) return atom("\\b");
    if (!groups_.empty() || out_.size() != branch_ || next_is_repeat()) {
      fail("\\< neither before a letter nor at the start of an alternative (\\b may be anywhere)", start);
    }
    out_ += "(?:^|\\W)\\b";
    atom_ = nothing;
  }

  void word_end(std::size_t start) {
    if (after_letter_) return atom("\\b");
    if (!groups_.empty() || (more() && !next_is('|') && !next_is('\n'))) {
      fail("\\> neither behind a letter nor at the end of an alternative (\\b may be anywhere)", start);
    }
    out_ += "\\b(?:\\W|$)";
    atom_ = nothing;
  }

  void bracket() {
    const std::size_t start = at_++;
    std::string set = "[";
    if (next_is('^')) {
      set += '^';
      ++at_;
    }
    for (bool first = true; first || !next_is(']'); first = false) set += bracket_item(start);
    ++at_;
    const std::string source{pattern_.substr(start, at_ - start)};
    if (source.size() > 4 && source.starts_with("[:") && source.ends_with(":]")) {
      fail("a class outside of brackets (write [" + source + "], not " + source + ')', start);
    }
    atom(set + ']');
  }

  std::string bracket_item(std::size_t start) {
    if (next_is('[') && next_is(':', 1)) return named_class(start);
    const std::size_t item = at_;
    const char from = bracket_byte(start);
    if (!next_is('-') || next_is(']', 1)) return range(from, from);
    ++at_;
    const char to = bracket_byte(start);
    if (static_cast<unsigned char>(from) > static_cast<unsigned char>(to)) {
      fail("a range whose end is below its start", item);
    }
    return range(from, to);
  }

  std::string named_class(std::size_t start) {
    const std::size_t end = pattern_.find(":]", at_ + 2);
    if (end == std::string_view::npos) fail("'[' without its ']'", start);
    const std::string_view name = pattern_.substr(at_, end + 2 - at_);
    at_ = end + 2;
    return std::string{options_.ignore_case && (name == "[:lower:]" || name == "[:upper:]") ? "[:alpha:]" : name};
  }

  /// bracket_byte reads one byte inside of brackets, which may be spelled [.x.] or [=x=].
  char bracket_byte(std::size_t start) {
    if (!more() || next_is('\n')) fail("'[' without its ']'", start);
    if (next_is('[') && (next_is('.', 1) || next_is('=', 1))) {
      if (!next_is(pattern_[at_ + 1], 3) || !next_is(']', 4)) fail("a collating element of more than one byte", at_);
      at_ += 5;
      return pattern_[at_ - 3];
    }
    return pattern_[at_++];
  }

  [[nodiscard]] std::string range(char from, char to) const {
    std::string result = hex(from) + '-' + hex(to);
    if (!options_.ignore_case) return result;
    for (int i = static_cast<unsigned char>(from); i <= static_cast<unsigned char>(to); ++i) {
      if (const char c = static_cast<char>(i); is_letter(c)) result += other_case(c);
    }
    return result;
  }

  std::string_view pattern_;
  const regex_options& options_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t branch_ = 0;      ///< where the current top-level alternative begins in the output
  std::size_t atom_ = nothing;  ///< where the thing begins that a repeat would repeat
  bool repeated_ = false;       ///< and whether it ends with a repeat
  bool after_letter_ = false;   ///< what comes next stands behind a letter, digit or underscore
  std::vector<group> groups_;
};

}  // namespace

std::string to_re2(std::string_view pattern, const regex_options& options) {
  if (pattern.size() > longest_pattern) bad_pattern(pattern, "it is longer than 128 KiB");
  return translator{pattern, options}.whole();
}

void bad_pattern(std::string_view pattern, std::string_view what) {
  const auto shortened = [](std::string_view text, std::size_t size) {
    return text.size() <= size ? std::string{text} : std::string{text.substr(0, size)} + "...";
  };
  throw bad_operand{"bad regular expression '" + shortened(pattern, 100) + "': " + shortened(what, 200)};
}

}  // namespace yoke::kernels
