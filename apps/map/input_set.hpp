#pragma once

#include "map/map_request.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace yoke::cli {

/// input is one thing to be read, checked before any worker starts.
struct input {
  enum class way : std::uint8_t {
    mapped,    ///< a regular file that all workers see through one mapping
    by_name,   ///< a regular file that a worker opens when its turn comes
    streamed,  ///< stdin, a pipe, a device, or a file of /proc: the coordinator reads it
  };
  std::string name;  ///< "-" is stdin
  way how = way::streamed;
  std::uint64_t size = 0;  ///< of a regular file, when it was checked
  dev_t device = 0;
  ino_t inode = 0;
  const std::byte* mapping = nullptr;

  /// label is the name for messages.
  [[nodiscard]] std::string label() const { return name == "-" ? "standard input" : name.empty() ? "''" : name; }
};

/// input_set checks all inputs of a command, and maps the larger files. It keeps no descriptor: a hundred thousand
/// files need none.
class input_set {
 public:
  /// Throws io_error that names every input that cannot be read.
  explicit input_set(const std::vector<std::string>& names);
  input_set(const input_set&) = delete;
  input_set& operator=(const input_set&) = delete;
  ~input_set();

  [[nodiscard]] const std::vector<input>& all() const { return inputs_; }
  /// file_bytes is the size of all regular files.
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  [[nodiscard]] bool has_streams() const { return has_streams_; }

  /// reads tells whether `name` leads to one of the regular files among the inputs.
  [[nodiscard]] bool reads(const std::string& name) const;

  /// check_sizes throws io_error for a file that is smaller now than when it was checked: even where no page was
  /// missing, its last bytes may have been read as zeros.
  void check_sizes() const;

 private:
  input check(const std::string& name);
  void map(input& file);

  std::vector<input> inputs_;
  std::uint64_t file_bytes_ = 0;
  bool has_streams_ = false;
  std::size_t mappings_ = 0;
};

/// shrank_message is what is said of a file that lost bytes while it was read.
std::string shrank_message(const std::string& name);

}  // namespace yoke::cli
