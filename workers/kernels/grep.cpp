#include "workers/kernels/grep.hpp"

#include "workers/kernels/line_matcher.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace yoke::kernels {
namespace {

/// line_writer appends lines to a block's result; a last line without its newline gets one, as grep does.
class line_writer final : public line_sink {
 public:
  explicit line_writer(yoke::detail::byte_sink& to) : to_{to} {}
  void lines(std::string_view run) override {
    to_.append(run.data(), run.size());
    if (run.back() != '\n') to_.append("\n", 1);
  }

 private:
  yoke::detail::byte_sink& to_;
};

class printer final : public combiner {
 public:
  explicit printer(output& to) : to_{to} {}
  void add(bytes lines) override {
    if (lines.empty()) return;
    matched_ = true;
    to_.write(lines);
  }
  int finish() override { return matched_ ? 0 : 1; }

 private:
  output& to_;
  bool matched_ = false;
};

class counter final : public combiner {
 public:
  explicit counter(output& to) : to_{to} {}
  void add(bytes block_result) override {
    std::uint64_t lines = 0;
    std::memcpy(&lines, block_result.data(), sizeof lines);
    sum_ += lines;
  }
  int finish() override {
    to_.write(as_bytes(std::to_string(sum_) + '\n'));
    return sum_ != 0 ? 0 : 1;
  }

 private:
  output& to_;
  std::uint64_t sum_ = 0;
};

class grep final : public kernel {
 public:
  grep(line_matcher matcher, bool only_count) : matcher_{std::move(matcher)}, only_count_{only_count} {}

  void run(bytes block, yoke::detail::byte_sink& result) const override {
    if (only_count_) {
      const std::uint64_t lines = matcher_.count(text(block));
      result.append(&lines, sizeof lines);
    } else {
      line_writer writer{result};
      matcher_.select(text(block), writer);
    }
  }

  [[nodiscard]] bool needs_order() const override { return !only_count_; }

  [[nodiscard]] std::unique_ptr<combiner> collect(output& to) const override {
    if (only_count_) return std::make_unique<counter>(to);
    return std::make_unique<printer>(to);
  }

 private:
  line_matcher matcher_;
  bool only_count_;
};

constexpr std::array<std::string_view, 1> operands{"REGEX"};

constexpr std::array flags{
    flag{'c', "count", "", "print only the number of matching lines, over all inputs"},
    flag{'v', "invert-match", "", "select the lines that do not match"},
    flag{'i', "ignore-case", "", "let ASCII letters match in either case"},
    flag{'F', "fixed-strings", "", "take REGEX as plain text, byte for byte"},
    flag{'E', "extended-regexp", "", "take REGEX as an extended regular expression (the default)"},
};

constexpr std::string_view notes =
    "Prints the lines that match, in input order, without file names; a last line that lacks its newline gets\n"
    "one. Exit status 1 when no line was selected.\n"
    "\n"
    "REGEX is a POSIX extended regular expression, as LC_ALL=C grep -E reads it: . [a-z] [^a] [[:alpha:]] * + ?\n"
    "{n,m} | ( ) ^ $ and \\w \\W \\s \\S \\b \\B \\< \\>; \\d \\D \\t and \\xHH are understood besides. It works on\n"
    "bytes: a dot is any byte but the newline, NUL included. Inside brackets a backslash is an ordinary byte. A\n"
    "newline in REGEX separates alternatives. A REGEX that begins with a dash goes behind --.\n"
    "\n"
    "RE2 does the work, in time that grows with the input only, whatever the expression. So there are no\n"
    "back-references, n and m go up to 1000, and \\< and \\> stand next to a letter or at the ends of REGEX.\n";

std::unique_ptr<kernel> make(const words& given) {
  const regex_options options{.ignore_case = given.has("ignore-case"), .fixed = given.has("fixed-strings")};
  if (options.fixed && given.has("extended-regexp")) {
    throw bad_operand{"-E and -F exclude each other: is REGEX an expression or plain text?"};
  }
  return std::make_unique<grep>(line_matcher{given.operands.front(), options, given.has("invert-match")},
                                given.has("count"));
}

}  // namespace

kernel_spec grep_spec() {
  return {.name = "grep",
          .summary = "print the lines that match a regular expression",
          .operands = operands,
          .flags = flags,
          .notes = notes,
          .make = make};
}

}  // namespace yoke::kernels
