#include "memory/segment.hpp"

#include "sys/error.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>

namespace yoke::detail {

namespace {

using boost::interprocess::mapped_region;

// A signal may make fallocate undo the whole call: smaller pieces keep what is done.
constexpr std::size_t largest_piece = std::size_t{32} << 20;

struct mappable {
  int descriptor;
  [[nodiscard]] boost::interprocess::mapping_handle_t get_mapping_handle() const {
    return boost::interprocess::ipcdetail::mapping_handle_from_file_handle(descriptor);
  }
};

std::size_t limit_of(__rlimit_resource resource, const char* name) {
  rlimit limit{};
  check(::getrlimit(resource, &limit), name);
  return limit.rlim_cur == RLIM_INFINITY ? SIZE_MAX : limit.rlim_cur;
}

std::size_t round_down_to_pages(std::size_t bytes) { return bytes & ~(page_size() - 1); }

std::string in_mebibytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

// Between where the kernel puts programs and where it puts libraries and stacks: 8 TiB, in steps of 1 GiB.
constexpr std::uintptr_t lowest_base = std::uintptr_t{0x68} << 40;
constexpr std::uintptr_t bases = std::uintptr_t{8} << 10;
constexpr int base_shift = 30;
constexpr int most_bases_tried = 4;

mapped_region map_shared_at(int descriptor, const std::byte* base, std::size_t size) {
  using namespace boost::interprocess;
  return mapped_region(mappable{descriptor}, read_write, 0, size, base, MAP_NORESERVE | MAP_FIXED_NOREPLACE);
}

/// Says whether something else is mapped where a region was wanted.
bool is_taken(const boost::interprocess::interprocess_exception& refusal) {
  return refusal.get_native_error() == EEXIST || refusal.get_error_code() == boost::interprocess::busy_error;
}

mapped_region map_shared(int descriptor, std::size_t size) {
  using namespace boost::interprocess;
#ifndef __SANITIZE_THREAD__  // it has no shadow for these addresses
  for (int tried = 0; tried < most_bases_tried; ++tried) {
    std::uint64_t random = 0;
    if (::getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) break;
    const std::uintptr_t base = lowest_base + ((random % bases) << base_shift);
    try {
      return map_shared_at(descriptor, reinterpret_cast<const std::byte*>(base), size);
    } catch (const interprocess_exception& refusal) {
      if (!is_taken(refusal)) throw;
    }
  }
#endif
  return mapped_region(mappable{descriptor}, read_write, 0, size, nullptr, MAP_NORESERVE);
}

mapped_region try_to_map(int descriptor, std::size_t size) {
  using namespace boost::interprocess;
  if (descriptor >= 0) return map_shared(descriptor, size);
  return mapped_region(mappable{-1}, copy_on_write, 0, size, nullptr, MAP_ANONYMOUS | MAP_NORESERVE);
}

mapped_region map_largest(int descriptor, std::size_t size, std::size_t minimum) {
  size = std::min(size, limit_of(RLIMIT_AS, "getrlimit(RLIMIT_AS)") / 2);
  // Beyond this limit ftruncate would raise SIGXFSZ.
  if (descriptor >= 0) size = std::min(size, limit_of(RLIMIT_FSIZE, "getrlimit(RLIMIT_FSIZE)"));
  const std::size_t least = std::max(minimum, page_size());
  for (size = round_down_to_pages(size); size >= least; size = round_down_to_pages(size / 2)) {
    try {
      return try_to_map(descriptor, size);
    } catch (const boost::interprocess::interprocess_exception& refusal) {
      if (refusal.get_native_error() != ENOMEM && refusal.get_native_error() != EAGAIN) {
        throw std::system_error(refusal.get_native_error(), std::generic_category(), "mmap of the pool's segment");
      }
    }
  }
  throw out_of_memory("cannot map a segment of " + in_mebibytes(minimum) +
                      " for the pool: raise the limits on address space (ulimit -v) and file size (ulimit -f)");
}

/// The chosen word is in brackets: "always [madvise] never". Under `advise`, which shared memory has, fallocate takes
/// none.
bool chooses_huge_pages(const char* setting) {
  std::string words;
  std::getline(std::ifstream{std::string("/sys/kernel/mm/transparent_hugepage/") + setting}, words);
  const auto chosen = [&](const char* word) { return words.find(std::string("[") + word + "]") != std::string::npos; };
  return chosen("always") || chosen("madvise") || chosen("within_size") || chosen("force");
}

file_descriptor make_memory_file() {
  return clear_of_standard_streams(
      file_descriptor(check(::memfd_create("yoke", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create of the segment")));
}

}  // namespace

std::size_t page_size() noexcept {
  static const std::size_t size = mapped_region::get_page_size();
  return size;
}

bool has_huge_pages(bool shared) {
  static const bool in_shared = chooses_huge_pages("shmem_enabled");
  static const bool in_private = chooses_huge_pages("enabled");
  return shared ? in_shared : in_private;
}

segment::segment(home where, std::size_t size, std::size_t minimum) : where_(where) {
  if (where == home::shared) memory_ = make_memory_file();
  region_ = map_largest(memory_.get(), size, minimum);
  if (where == home::shared) {
    check(retry_on_interrupt([&] { return ::ftruncate(memory_.get(), static_cast<off_t>(region_.get_size())); }),
          "ftruncate of the segment");
    check(::fcntl(memory_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), "sealing the segment");
  }
  check(::madvise(base(), region_.get_size(), MADV_DONTDUMP), "madvise(MADV_DONTDUMP) of the segment");
}

segment::segment(file_descriptor memory, std::byte* base, std::size_t size)
    : where_(home::shared), memory_(std::move(memory)) {
  try {
    region_ = map_shared_at(memory_.get(), base, size);
  } catch (const boost::interprocess::interprocess_exception& refusal) {
    const int error = is_taken(refusal) ? EEXIST : refusal.get_native_error();
    throw std::system_error(error, std::generic_category(), "mmap of another process's segment");
  }
  check(::madvise(base, size, MADV_DONTDUMP), "madvise(MADV_DONTDUMP) of the segment");
}

bool segment::contains(const void* pointer) const noexcept {
  const auto* const address = static_cast<const std::byte*>(pointer);
  return !std::less<>()(address, base()) && std::less<>()(address, base() + size());
}

void segment::commit(std::size_t offset, std::size_t bytes) {
  check_range(offset, bytes, "commit");
  if (where_ == home::process_private) return;
  std::size_t piece = largest_piece;
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t now = std::min(piece, bytes - done);
    if (::fallocate(memory_.get(), 0, static_cast<off_t>(offset + done), static_cast<off_t>(now)) == 0) {
      done += now;
    } else if (errno == EINTR) {
      piece = std::max(piece / 2, page_size());
    } else if (errno == ENOSPC || errno == ENOMEM) {
      throw out_of_memory("not enough memory for " + in_mebibytes(bytes) + " more of the pool's segment (" +
                          in_mebibytes(done) + " of them were to be had)");
    } else {
      throw_errno("fallocate in the segment");
    }
  }
}

void segment::punch(std::size_t offset, std::size_t bytes) {
  check_range(offset, bytes, "punch");
  if (bytes == 0) return;
  if (where_ == home::process_private) {
    check(::madvise(base() + offset, bytes, MADV_DONTNEED), "madvise(MADV_DONTNEED) in the segment");
    return;
  }
  check(retry_on_interrupt([&] {
          return ::fallocate(memory_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                             static_cast<off_t>(bytes));
        }),
        "fallocate(PUNCH_HOLE) in the segment");
}

void segment::prefer_huge_pages(std::size_t offset, std::size_t bytes, bool wanted) {
  check_range(offset, bytes, "prefer_huge_pages");
  if (bytes == 0 || !has_huge_pages(where_ == home::shared)) return;
  // A kernel that would rather not is no error.
  static_cast<void>(::madvise(base() + offset, bytes, wanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE));
}

void segment::protect(std::size_t offset, std::size_t bytes, bool writable) {
  check_range(offset, bytes, "protect");
  check(::mprotect(base() + offset, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ), "mprotect in the segment");
}

void segment::dont_fork() { check(::madvise(base(), size(), MADV_DONTFORK), "madvise(MADV_DONTFORK) of the segment"); }

void segment::check_range(std::size_t offset, std::size_t bytes, const char* operation) const {
  const bool whole_pages = ((offset | bytes) & (page_size() - 1)) == 0;
  if (whole_pages && offset <= size() && bytes <= size() - offset) return;
  throw std::out_of_range(std::string("segment: ") + operation + " of " + std::to_string(bytes) + " bytes at offset " +
                          std::to_string(offset) + ": not whole pages inside of its " + std::to_string(size()) +
                          " bytes");
}

}  // namespace yoke::detail
