#include "workers/kernels/wc.hpp"

#include "workers/kernels/text_counts.hpp"

#include <cstring>
#include <string>

namespace yoke::kernels {
namespace {

class totals final : public combiner {
 public:
  explicit totals(output& to) : to_{to} {}

  void add(bytes block_result) override {
    text_counts counts;
    std::memcpy(&counts, block_result.data(), sizeof counts);
    sum_ += counts;
  }

  int finish() override {
    const std::string line =
        std::to_string(sum_.lines) + ' ' + std::to_string(sum_.words) + ' ' + std::to_string(sum_.bytes) + '\n';
    to_.write(as_bytes(line));
    return 0;
  }

 private:
  output& to_;
  text_counts sum_;
};

class wc final : public kernel {
 public:
  void run(bytes block, yoke::detail::byte_sink& result) const override {
    const text_counts counts = count_text(text(block));
    result.append(&counts, sizeof counts);
  }

  [[nodiscard]] std::unique_ptr<combiner> collect(output& to) const override { return std::make_unique<totals>(to); }
};

constexpr std::string_view notes =
    "Prints one line: LINES WORDS BYTES, the totals of all inputs, with single blanks.\n"
    "A line is a newline byte. A word is what LC_ALL=C wc counts: a run between white space that holds at\n"
    "least one printable ASCII byte.\n";

}  // namespace

kernel_spec wc_spec() {
  return {.name = "wc",
          .summary = "count lines, words and bytes",
          .operands = {},
          .flags = {},
          .notes = notes,
          .make = [](const words&) -> std::unique_ptr<kernel> { return std::make_unique<wc>(); }};
}

}  // namespace yoke::kernels
