#pragma once

#include "map/input_set.hpp"
#include "map/page_guard.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace yoke::cli {

/// file_view is a regular file as one worker reads it, for the time of one block.
///
/// A large file is seen through a mapping, the coordinator's or one of its own; a small one is read. Whatever a file
/// does meanwhile is an io_error, never a crash.
class file_view {
 public:
  /// Brings the range of the file that will be read first into memory. Throws io_error.
  file_view(const input& file, std::size_t offset, std::size_t length);
  file_view(const file_view&) = delete;
  file_view& operator=(const file_view&) = delete;
  ~file_view();

  [[nodiscard]] std::string_view text() const { return {data_, file_.size}; }

  /// check throws io_error when some of the bytes seen so far were not the file's any more.
  void check() const;

 private:
  void open_by_name();

  const input& file_;
  const char* data_ = nullptr;
  void* own_mapping_ = nullptr;
  std::unique_ptr<char[]> copy_;
  std::optional<page_guard> guard_;
};

}  // namespace yoke::cli
