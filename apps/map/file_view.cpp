#include "map/file_view.hpp"

#include "common/command_error.hpp"
#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

constexpr std::uint64_t worth_mapping = 1024 * 1024;

/// populate asks for the pages of a range at once; each would cost a fault otherwise. Kernels before 5.14 refuse.
void populate(const char* data, std::size_t size, std::size_t offset, std::size_t length) {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = offset / page * page;
  const std::size_t end = std::min(size, offset + length);
  static_cast<void>(::madvise(const_cast<char*>(data) + begin, end - begin, MADV_POPULATE_READ));
}

}  // namespace

file_view::file_view(const input& file, std::size_t offset, std::size_t length) : file_{file} {
  if (file.how == input::way::mapped) {
    data_ = reinterpret_cast<const char*>(file.mapping);
  } else {
    open_by_name();
  }
  if (copy_ == nullptr) {
    guard_.emplace(data_, file.size);
    populate(data_, file.size, offset, length);
  }
}

file_view::~file_view() {
  if (own_mapping_ != nullptr) ::munmap(own_mapping_, file_.size);
}

void file_view::open_by_name() {
  const detail::file_descriptor opened{::open(file_.name.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat now {};
  if (!opened || ::fstat(opened.get(), &now) != 0) {
    throw io_error{fmt::format("{}: {}; it was there when yoke started", file_.name, errno_text())};
  }
  if (now.st_dev != file_.device || now.st_ino != file_.inode) {
    throw io_error{fmt::format("{} was replaced while yoke ran; run again when nobody writes to it", file_.name)};
  }
  if (static_cast<std::uint64_t>(now.st_size) < file_.size) throw io_error{shrank_message(file_.name)};
  if (file_.size >= worth_mapping) {
    void* const at = ::mmap(nullptr, file_.size, PROT_READ, MAP_SHARED, opened.get(), 0);
    if (at == MAP_FAILED) throw io_error{fmt::format("{}: cannot be mapped: {}", file_.name, errno_text())};
    own_mapping_ = at;
    data_ = static_cast<const char*>(at);
    return;
  }
  copy_ = std::make_unique_for_overwrite<char[]>(file_.size);
  data_ = copy_.get();
  for (std::size_t done = 0; done < file_.size;) {
    const ssize_t got =
        detail::retry_on_interrupt([&] { return ::read(opened.get(), copy_.get() + done, file_.size - done); });
    if (got < 0) throw io_error{fmt::format("{}: {}", file_.name, errno_text())};
    if (got == 0) throw io_error{shrank_message(file_.name)};
    done += static_cast<std::size_t>(got);
  }
}

void file_view::check() const {
  if (guard_ && guard_->tripped()) throw io_error{shrank_message(file_.name)};
}

}  // namespace yoke::cli
