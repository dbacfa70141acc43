#pragma once

#include <yoke/portable.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace yoke {

namespace detail {
class file_mapping;

/// file_key says which mapped_file of which program it is, and how a worker finds it.
struct file_key {
  std::uint64_t number = 0;  ///< of the mapped_file in its program
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int32_t host = 0;        ///< pid of the program
  std::int32_t descriptor = 0;  ///< the file's in the program

  bool operator==(const file_key&) const = default;
};

/// mapped_here returns where the file is mapped in this process, mapping it where it is not yet.
const std::byte* mapped_here(const file_key& which, std::uint64_t size);

}  // namespace detail

inline namespace v0 {

/// file_view is a part of a mapped_file, as tasks capture it and as items of a map: some words, whatever its size. It
/// is valid as long as the mapped_file.
class file_view {
 public:
  file_view() = default;
  /// For mapped_file's use.
  file_view(const detail::file_key& of, std::uint64_t file_size, std::uint64_t offset, std::uint64_t size)
      : of_{of}, file_size_{file_size}, offset_{offset}, size_{size} {}

  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }  ///< bytes before it in the file
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }      ///< its bytes
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// bytes and text are the contents where the caller runs, in the program or in a worker: a look into a table, and
  /// some microseconds where a worker looks into the file for the first time. What they return is valid in the same
  /// task only. Throws std::runtime_error when the mapped_file is gone, but in a worker that has looked before, where
  /// the old contents may still be mapped; std::system_error when the file cannot be mapped there.
  [[nodiscard]] std::span<const std::byte> bytes() const {
    if (empty()) return {};
    return {detail::mapped_here(of_, file_size_) + offset_, size_};
  }
  [[nodiscard]] std::string_view text() const {
    const auto all = bytes();
    return {reinterpret_cast<const char*>(all.data()), all.size()};
  }

  /// part is some bytes of it. Throws std::out_of_range where there are none at `offset`.
  [[nodiscard]] file_view part(std::uint64_t offset, std::uint64_t size) const;

 private:
  detail::file_key of_;
  std::uint64_t file_size_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
};

template <>
inline constexpr bool portable<file_view> = true;

/// mapped_file is a file whose contents tasks read where they are, in the system's cache: nothing is copied, on any
/// backend, and any number of pools may use it.
///
///     const yoke::mapped_file log{"server.log"};
///     const auto counts = pool.map(log.blocks(1 << 20), [](yoke::file_view block) { return errors_in(block.text());
///     });
///
/// Workers map the file themselves when they look into it first, through the program's descriptor: so it may be made
/// before or after the pool, and may have been renamed or removed since. It takes a descriptor and, in each process,
/// addresses; a worker keeps the latest 1,000 files, and more only while one chunk looks into more.
///
/// **A file must not become shorter** while it is used: reading what is gone raises SIGBUS. On processes that is a
/// worker_lost for the item that read it; in threads, and in a serial pool, it ends the program.
class mapped_file {
 public:
  /// Opens a regular file. Throws std::system_error that names the file and the cause.
  explicit mapped_file(const std::filesystem::path& file);
  ~mapped_file();
  mapped_file(mapped_file&& other) noexcept;
  mapped_file& operator=(mapped_file&& other) noexcept;

  [[nodiscard]] std::uint64_t size() const noexcept { return all_.size(); }  ///< bytes, when it was opened

  /// view is all of it, for tasks.
  [[nodiscard]] const file_view& view() const noexcept { return all_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return all_.bytes(); }
  [[nodiscard]] std::string_view text() const { return all_.text(); }

  /// blocks divides it into blocks of about `size` bytes that end behind a `separator`, or with the file: no line is
  /// divided, and one that is longer makes its block longer. Looks at some bytes near each border only. Throws
  /// std::invalid_argument for a size of 0.
  [[nodiscard]] std::vector<file_view> blocks(std::size_t size = std::size_t{1} << 20, char separator = '\n') const;

 private:
  std::unique_ptr<detail::file_mapping> held_;
  file_view all_;
};

}  // namespace v0
}  // namespace yoke
