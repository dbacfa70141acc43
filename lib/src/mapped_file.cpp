#include <yoke/mapped_file.hpp>

#include "lent_files.hpp"
#include "sys/file_descriptor.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yoke {
namespace detail {
namespace {

constexpr std::size_t most_files = 1000;        // of other programs that a worker keeps mapped
constinit std::atomic<std::uint64_t> chunk{0};  // that this worker runs; a number

struct mapping {
  file_key key;
  std::byte* data = nullptr;
  std::uint64_t size = 0;
  pid_t lent_to = 0;       // the worker that mapped another program's file; ours, and inherited ones, stay
  std::uint64_t used = 0;  // number of the chunk that looked last
};

/// mappings are the files of this process, the one used last first. A forked worker inherits its program's.
struct mappings {
  std::mutex mutex;  // guards the list; nothing is locked inside it
  std::list<mapping> all;
};

mappings& table() {
  static auto* const made = new mappings;  // tasks may run until the very end of the program
  return *made;
}

/// recent is the mapping that this thread asked for last: most tasks look into one file.
struct recent {
  file_key key;
  const std::byte* data = nullptr;
  std::uint64_t version = 0;
  std::uint64_t used = 0;
};
thread_local constinit recent latest{};
constinit std::atomic<std::uint64_t> version{1};  // changes when a mapping goes

std::byte* map_file(int descriptor, std::uint64_t size, const std::string& name) {
  void* const made = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (made == MAP_FAILED) throw std::system_error{errno, std::generic_category(), "yoke: cannot map " + name};
  return static_cast<std::byte*>(made);
}

std::list<mapping>::iterator drop(std::list<mapping>& all, std::list<mapping>::iterator which) {
  ++version;
  ::munmap(which->data, which->size);
  return all.erase(which);
}

/// is_same tells whether what stat() told is the file. Throws where it could not tell for another reason than that
/// there is none.
bool is_same(int status, const struct stat& about, const file_key& which, const std::string& name) {
  if (status == 0) return about.st_dev == which.device && about.st_ino == which.inode;
  if (errno == ENOENT) return false;
  throw std::system_error{errno, std::generic_category(),
                          "yoke: a worker cannot open the program's file through " + name};
}

/// lend maps a file of the program that this worker belongs to, which has it open. The descriptor's number may be
/// another file's by now, which opening might wait for, or do something to.
mapping lend(const file_key& which, std::uint64_t size) {
  const std::string name = "/proc/" + std::to_string(which.host) + "/fd/" + std::to_string(which.descriptor);
  struct stat about {};
  bool same = is_same(::stat(name.c_str(), &about), about, which, name);
  file_descriptor opened;
  if (same) {
    opened.reset(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    same = is_same(opened ? ::fstat(opened.get(), &about) : -1, about, which, name);
  }
  if (!same) {
    throw std::runtime_error{
        "yoke: the mapped_file of this view is gone: keep it until the calls that use it have ended"};
  }
  return {.key = which, .data = map_file(opened.get(), size, name), .size = size, .lent_to = ::getpid()};
}

/// drop_surplus drops the lent files that were used longest ago, where there are too many; none that the running chunk
/// has looked into.
void drop_surplus(std::list<mapping>& all) {
  if (all.size() <= most_files) return;
  const auto lent = [self = ::getpid()](const mapping& each) { return each.lent_to == self; };
  auto surplus = std::ranges::count_if(all, lent) - static_cast<std::ptrdiff_t>(most_files);
  for (auto each = all.end(); surplus > 0 && each != all.begin();) {
    --each;
    if (!lent(*each)) continue;
    if (each->used == chunk.load()) return;
    each = drop(all, each);
    --surplus;
  }
}

}  // namespace

void begin_lending() { ++chunk; }

const std::byte* mapped_here(const file_key& which, std::uint64_t size) {
  const std::uint64_t now = chunk.load();
  if (latest.data != nullptr && latest.key == which && latest.version == version.load() && latest.used == now) {
    return latest.data;
  }
  mappings& here = table();
  const std::lock_guard lock{here.mutex};
  const auto found = std::ranges::find(here.all, which, &mapping::key);
  if (found != here.all.end()) {
    here.all.splice(here.all.begin(), here.all, found);
  } else {
    if (which.host == ::getpid()) throw std::runtime_error{"yoke: the mapped_file of this view is gone"};
    here.all.push_front(lend(which, size));
    here.all.front().used = now;
    drop_surplus(here.all);
  }
  here.all.front().used = now;
  latest = {which, here.all.front().data, version.load(), now};
  return latest.data;
}

/// file_mapping is a mapped_file's entry in the table, and its descriptor.
class file_mapping {
 public:
  explicit file_mapping(const std::filesystem::path& file)
      : opened_{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {
    const auto refuse = [&](int error, const std::string& why) {
      throw std::system_error{error, std::generic_category(), "yoke: cannot map " + file.string() + why};
    };
    if (!opened_) {
      const int error = errno;
      refuse(error, error == EMFILE ? ": raise the limit on open files, ulimit -n" : "");
    }
    struct stat about {};
    if (::fstat(opened_.get(), &about) != 0) refuse(errno, "");
    if (S_ISDIR(about.st_mode)) refuse(EISDIR, "");
    if (!S_ISREG(about.st_mode)) refuse(ENODEV, ": it is no regular file; read it, and use imap");
    static constinit std::atomic<std::uint64_t> numbers{0};
    key_ = {.number = ++numbers,
            .device = about.st_dev,
            .inode = about.st_ino,
            .host = ::getpid(),
            .descriptor = opened_.get()};
    size_ = static_cast<std::uint64_t>(about.st_size);
    if (size_ == 0) return;
    const mapping made{.key = key_, .data = map_file(opened_.get(), size_, file.string()), .size = size_};
    mappings& here = table();
    const std::lock_guard lock{here.mutex};
    here.all.push_front(made);
  }

  ~file_mapping() {
    mappings& here = table();
    const std::lock_guard lock{here.mutex};
    const auto found = std::ranges::find(here.all, key_, &mapping::key);
    if (found != here.all.end()) drop(here.all, found);
  }
  file_mapping(const file_mapping&) = delete;
  file_mapping& operator=(const file_mapping&) = delete;

  [[nodiscard]] file_view view() const { return {key_, size_, 0, size_}; }

 private:
  file_descriptor opened_;
  file_key key_;
  std::uint64_t size_ = 0;
};

}  // namespace detail

inline namespace v0 {

file_view file_view::part(std::uint64_t offset, std::uint64_t size) const {
  if (offset > size_ || size > size_ - offset) {
    throw std::out_of_range{"yoke: a view of " + std::to_string(size_) + " bytes has no " + std::to_string(size) +
                            " bytes at " + std::to_string(offset)};
  }
  return {of_, file_size_, offset_ + offset, size};
}

mapped_file::mapped_file(const std::filesystem::path& file)
    : held_{std::make_unique<detail::file_mapping>(file)}, all_{held_->view()} {}

mapped_file::~mapped_file() = default;
mapped_file::mapped_file(mapped_file&& other) noexcept
    : held_{std::move(other.held_)}, all_{std::exchange(other.all_, {})} {}
mapped_file& mapped_file::operator=(mapped_file&& other) noexcept {
  held_ = std::move(other.held_);
  all_ = std::exchange(other.all_, {});
  return *this;
}

std::vector<file_view> mapped_file::blocks(std::size_t size, char separator) const {
  if (size == 0) throw std::invalid_argument{"yoke: blocks of 0 bytes would never come to an end"};
  std::vector<file_view> all;
  const std::string_view contents = text();
  for (std::size_t begin = 0; begin < contents.size();) {
    std::size_t end = contents.size();
    if (contents.size() - begin > size) {
      const std::size_t last = contents.find(separator, begin + size - 1);
      if (last != std::string_view::npos) end = last + 1;
    }
    all.push_back(all_.part(begin, end - begin));
    begin = end;
  }
  return all;
}

}  // namespace v0
}  // namespace yoke
