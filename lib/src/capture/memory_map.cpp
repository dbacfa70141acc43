#include "capture/memory_map.hpp"

#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace yoke::detail {

namespace {

/// line_reader takes the fields of one line from left to right; after one that does not fit, nothing fits.
class line_reader {
 public:
  explicit line_reader(std::string_view line) : rest_(line) {}

  template <class T>
  T number(int base, char terminator) {
    T value{};
    const char* const end = rest_.data() + rest_.size();
    const auto [next, error] = std::from_chars(rest_.data(), end, value, base);
    good_ = good_ && error == std::errc{} && next != end && *next == terminator;
    if (good_) rest_.remove_prefix(static_cast<std::size_t>(next - rest_.data()) + 1);
    return value;
  }

  bool flag(char set) {
    good_ = good_ && !rest_.empty();
    if (!good_) return false;
    const bool is_set = rest_.front() == set;
    rest_.remove_prefix(1);
    return is_set;
  }

  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// "begin-end rwxp offset major:minor inode    name"
std::optional<mapped_range> parse(std::string_view line) {
  line_reader reader(line);
  mapped_range range;
  range.begin = reader.number<std::uintptr_t>(16, '-');
  range.end = reader.number<std::uintptr_t>(16, ' ');
  range.readable = reader.flag('r');
  range.writable = reader.flag('w');
  range.executable = reader.flag('x');
  range.shared = reader.flag('s');
  reader.skip_spaces();
  range.file_offset = reader.number<std::uint64_t>(16, ' ');
  const auto major_number = reader.number<unsigned>(16, ':');
  const auto minor_number = reader.number<unsigned>(16, ' ');
  range.device = makedev(major_number, minor_number);
  range.inode = reader.number<ino_t>(10, ' ');
  reader.skip_spaces();
  range.name = reader.rest();
  if (!reader.good() || range.begin >= range.end) return std::nullopt;
  return range;
}

// The leader of the thread group may have exited: the map of "self" is empty then, that of this thread is not.
std::vector<char> read_maps_file() {
  const char* const path = "/proc/thread-self/maps";
  const file_descriptor file(check(retry_on_interrupt([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }),
                                   "opening /proc/thread-self/maps, needed to check what a callable captures"));
  std::vector<char> text(std::size_t{16} << 10);
  for (std::size_t length = 0;;) {
    if (length == text.size()) text.resize(2 * length);
    const ssize_t got =
        check(retry_on_interrupt([&] { return ::read(file.get(), text.data() + length, text.size() - length); }),
              "reading /proc/thread-self/maps");
    length += static_cast<std::size_t>(got);
    if (got == 0) {
      text.resize(length);
      return text;
    }
  }
}

}  // namespace

memory_map memory_map::read() { return memory_map(read_maps_file()); }

memory_map::memory_map(std::string_view text) : memory_map(std::vector<char>(text.begin(), text.end())) {}

memory_map::memory_map(std::vector<char> text) : text_(std::move(text)) {
  ranges_.reserve(128);
  for (std::string_view rest(text_.data(), text_.size()); !rest.empty();) {
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    if (const auto range = parse(rest.substr(0, length))) ranges_.push_back(*range);
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
}

const mapped_range* memory_map::find(std::uintptr_t address) const noexcept {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), address,
                       [](std::uintptr_t value, const mapped_range& range) { return value < range.end; });
  return after != ranges_.end() && after->contains(address) ? &*after : nullptr;
}

}  // namespace yoke::detail
