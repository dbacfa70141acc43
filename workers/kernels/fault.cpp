#include "workers/kernels/fault.hpp"

#include "workers/kernels/fault_actions.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace yoke::kernels {
namespace {

constexpr std::string_view mark = "fault ";

class writer final : public combiner {
 public:
  explicit writer(output& to) : to_{to} {}
  void add(bytes lines) override {
    if (!lines.empty()) to_.write(lines);
  }
  int finish() override { return 0; }

 private:
  output& to_;
};

/// act_counter counts the faults of all workers, past and present, in the length of a file.
class act_counter {
 public:
  act_counter(std::string file, std::uint64_t most) : file_{std::move(file)}, most_{most} {}

  /// spend counts one more fault, and tells whether it may happen.
  [[nodiscard]] bool spend() const {
    if (file_.empty()) return true;
    const int opened = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (opened < 0) throw std::system_error(errno, std::generic_category(), file_);
    const bool written = ::write(opened, "x", 1) == 1;
    const off_t behind = ::lseek(opened, 0, SEEK_CUR);
    ::close(opened);
    return written && static_cast<std::uint64_t>(behind) <= most_;
  }

 private:
  std::string file_;
  std::uint64_t most_;
};

class fault final : public kernel {
 public:
  explicit fault(act_counter counter) : counter_{std::move(counter)} {}

  void run(bytes block, yoke::detail::byte_sink& result) const override {
    std::string_view rest = text(block);
    while (!rest.empty()) {
      const std::size_t newline = rest.find('\n');
      const std::string_view record = rest.substr(0, newline);
      if (record.starts_with(mark) && counter_.spend()) act_out(record.substr(mark.size()));
      rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    }
    result.append(block.data(), block.size());
  }

  [[nodiscard]] bool needs_order() const override { return true; }

  [[nodiscard]] std::unique_ptr<combiner> collect(output& to) const override { return std::make_unique<writer>(to); }

 private:
  act_counter counter_;
};

constexpr std::array flags{
    flag{'n', "times", "N", "let only the first N faults happen, over all records and workers; needs --counter"},
    flag{'c', "counter", "FILE", "count the faults in FILE, a byte each"},
};

constexpr std::string_view notes =
    "Prints all records as they are. For tests: a record of the form \"fault ACTION [ARGUMENT]\" does this first:\n"
    "\n"
    "  signal N    raises signal N            exit N     ends the process with this status\n"
    "  null        writes through a null pointer\n"
    "  hang        sleeps for ever            stubborn   sleeps for ever and ignores SIGTERM\n"
    "  stop        stops itself (SIGSTOP)     spin       computes for ever\n"
    "  leak N      takes N bytes and keeps them\n"
    "  fork        starts a process that sleeps for ever, in a session of its own\n"
    "  throw TEXT  throws an exception        chatter N  writes N bytes to standard error\n";

std::uint64_t number(std::string_view option, std::string_view digits) {
  std::uint64_t value = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || stopped != digits.data() + digits.size()) {
    throw bad_operand{std::string{option} + ' ' + std::string{digits} + ": not a number"};
  }
  return value;
}

std::unique_ptr<kernel> make(const words& given) {
  const auto* const times = given.find("times");
  const auto* const counter = given.find("counter");
  if (times != nullptr && counter == nullptr) throw bad_operand{"--times needs --counter FILE"};
  const std::uint64_t most =
      times != nullptr ? number("--times", times->text) : std::numeric_limits<std::uint64_t>::max();
  return std::make_unique<fault>(act_counter{std::string{counter != nullptr ? counter->text : ""}, most});
}

}  // namespace

kernel_spec fault_spec() {
  return {.name = "fault",
          .summary = "go wrong as the records say (for tests)",
          .operands = {},
          .flags = flags,
          .notes = notes,
          .make = make};
}

}  // namespace yoke::kernels
