#pragma once

#include "common/output_file.hpp"
#include "map/block_cutter.hpp"
#include "map/input_set.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

namespace yoke::cli {

/// quarantine keeps account of the records that were given up. It remembers a few of them; all go to a file, if there
/// is one.
class quarantine {
 public:
  /// `list` may be null. `attempts` is how many runs a record gets that crashes its worker.
  quarantine(const std::vector<input>& inputs, output_file* list, std::uint32_t attempts)
      : inputs_{inputs}, list_{list}, attempts_{attempts} {}

  /// add takes a record, or a block that could not be divided, and what became of it. Throws io_error.
  void add(const block_place& where, std::exception_ptr error);

  [[nodiscard]] bool empty() const { return records_ + blocks_ == 0; }

  /// summary says how many there are and names the first ten.
  [[nodiscard]] std::string summary() const;

 private:
  const std::vector<input>& inputs_;
  output_file* list_;
  std::uint32_t attempts_;
  std::uint64_t records_ = 0;
  std::uint64_t blocks_ = 0;
  std::vector<std::string> named_;
};

/// escaped writes bytes so that they fit into one field of a line: \t, \n and \\ for tab, newline and backslash, \xHH
/// for other bytes that are not printable ASCII. printf '%b' reverses it.
std::string escaped(std::string_view bytes);

}  // namespace yoke::cli
