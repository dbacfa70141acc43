#pragma once

#include "sys/file_descriptor.hpp"

#include <cstddef>
#include <new>
#include <string>

#include <boost/interprocess/mapped_region.hpp>

namespace yoke::detail {

/// out_of_memory is a std::bad_alloc that says what there was not enough of.
class out_of_memory : public std::bad_alloc {
 public:
  explicit out_of_memory(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// page_size is the unit of commit, punch and protect.
[[nodiscard]] std::size_t page_size() noexcept;

/// huge_page_size is what the kernel calls a transparent huge page.
inline constexpr std::size_t huge_page_size = std::size_t{2} << 20;

/// has_huge_pages tells whether memory of this process may lie in huge pages where prefer_huge_pages() asks for them:
/// `shmem_enabled` below /sys/kernel/mm/transparent_hugepage decides for shared memory, `enabled` for private.
[[nodiscard]] bool has_huge_pages(bool shared);

/// segment is one large range of addresses whose pages are committed piece by piece: the memory of one pool.
///
/// A shared one is a sparse sealed memfd without a name, mapped once, before any worker is forked, so that it lies at
/// one address in all of them; that address is one where programs have nothing, so that a program executed anew finds
/// it free, too. A process_private one has the same interface over anonymous memory, for threads.
///
/// Neither appears in core dumps: each crashing worker would write the whole pool to disk.
class segment {
 public:
  enum class home { shared, process_private };

  static constexpr std::size_t usual_size = std::size_t{256} << 30;
  static constexpr std::size_t usual_minimum = std::size_t{64} << 20;

  /// Maps `size` bytes, halved until the kernel agrees and the process's limits on address space (of which it takes at
  /// most half) and file size allow it. Throws out_of_memory when less than `minimum` would be left.
  explicit segment(home where, std::size_t size = usual_size, std::size_t minimum = usual_minimum);
  /// Maps the memory of another process's shared segment, at the same address. Throws std::system_error, with EEXIST
  /// where something is mapped there already.
  segment(file_descriptor memory, std::byte* base, std::size_t size);
  segment(const segment&) = delete;
  segment& operator=(const segment&) = delete;

  [[nodiscard]] std::byte* base() const noexcept { return static_cast<std::byte*>(region_.get_address()); }
  [[nodiscard]] std::size_t size() const noexcept { return region_.get_size(); }
  [[nodiscard]] home where() const noexcept { return where_; }
  [[nodiscard]] bool contains(const void* pointer) const noexcept;

  /// descriptor is the memfd of a shared segment, -1 of a private one.
  [[nodiscard]] int descriptor() const noexcept { return memory_.get(); }

  /// commit gives a range its pages, so that touching them cannot fail later. New pages are zero; pages that were there
  /// keep their contents. Throws out_of_memory, with nothing lost but time. Private segments commit on touch.
  ///
  /// All ranges are whole pages inside the segment, else std::out_of_range.
  void commit(std::size_t offset, std::size_t bytes);

  /// punch gives the pages of a range back to the system; it reads as zero afterwards.
  void punch(std::size_t offset, std::size_t bytes);

  /// prefer_huge_pages asks the kernel for huge pages in a range that is to be committed, or for none any more. Nothing
  /// happens where has_huge_pages() is false.
  void prefer_huge_pages(std::size_t offset, std::size_t bytes, bool wanted);

  /// protect makes a range writable or read-only in the calling process.
  void protect(std::size_t offset, std::size_t bytes, bool writable);

  /// dont_fork keeps the segment out of children that the calling process forks from now on.
  void dont_fork();

 private:
  void check_range(std::size_t offset, std::size_t bytes, const char* operation) const;

  home where_;
  file_descriptor memory_;
  boost::interprocess::mapped_region region_;
};

}  // namespace yoke::detail
