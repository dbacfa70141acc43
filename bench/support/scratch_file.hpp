#pragma once

#include <string>

namespace yoke::bench {

/// scratch_file is a place for one file in $TMPDIR (or /tmp). The file is gone with the object, and when a signal ends
/// the program. One at a time.
class scratch_file {
 public:
  explicit scratch_file(const std::string& name);
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;
  ~scratch_file();

  [[nodiscard]] const std::string& path() const;
};

}  // namespace yoke::bench
