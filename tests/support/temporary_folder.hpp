#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace yoke_test {

/// temporary_folder is a folder of its own below $TMPDIR, gone with all it holds when the object is.
class temporary_folder {
 public:
  temporary_folder() : path_(std::filesystem::temp_directory_path() / "test.XXXXXX") {
    std::string name = path_;
    if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::system_category(), name);
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// file writes `text` into the file `name` of this folder and returns its full path.
  std::string file(std::string_view name, std::string_view text) const {
    const std::filesystem::path full = path_ / name;
    std::ofstream stream(full, std::ios::binary);
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.flush()) throw std::system_error(errno, std::system_category(), full);
    return full;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace yoke_test
