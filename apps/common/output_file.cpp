#include "common/output_file.hpp"

#include "common/command_error.hpp"
#include "common/standard_streams.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

constexpr mode_t usual_mode = 0666;

/// resolved follows symbolic links, so that the file is replaced and not the link.
std::string resolved(const std::string& name) {
  std::error_code ignored;
  const auto path = std::filesystem::weakly_canonical(name, ignored);
  return ignored ? name : path.string();
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

output_file::output_file(const std::string& name) : name_{name}, descriptor_{STDOUT_FILENO} {
  if (name.empty()) {
    name_ = "standard output";
    if (!stdout_is_writable()) throw io_error{"standard output is closed; open it, or send it to a file: >FILE"};
    return;
  }
  struct stat now {};
  existed_ = ::stat(name.c_str(), &now) == 0;
  if (existed_ && S_ISDIR(now.st_mode))
    throw io_error{fmt::format("{}: Is a directory; it takes the name of a file", name)};
  if (existed_ && !S_ISREG(now.st_mode)) {
    opened_.reset(::open(name.c_str(), O_WRONLY | O_CLOEXEC));
    if (!opened_) fail("opening it");
  } else {
    target_ = resolved(name);
    open_replacement();
    if (existed_) static_cast<void>(::fchmod(opened_.get(), now.st_mode & 07777));
  }
  descriptor_ = opened_.get();
}

output_file::~output_file() {
  if (!temporary_.empty()) static_cast<void>(::unlink(temporary_.c_str()));
}

void output_file::open_replacement() {
  opened_.reset(::open(folder_of(target_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, usual_mode));
  if (opened_ || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) {
    if (!opened_) fail("creating it");
    return;
  }
  std::string pattern = target_ + ".XXXXXX";
  opened_.reset(::mkostemp(pattern.data(), O_CLOEXEC));
  if (!opened_) fail("creating it");
  temporary_ = pattern;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  static_cast<void>(::fchmod(opened_.get(), usual_mode & ~mask));
}

void output_file::write(kernels::bytes data) {
  while (!data.empty()) {
    const ssize_t put = ::write(descriptor_, data.data(), data.size());
    if (put >= 0) {
      data = data.subspan(static_cast<std::size_t>(put));
    } else if (errno == EAGAIN) {
      pollfd watched{descriptor_, POLLOUT, 0};
      static_cast<void>(::poll(&watched, 1, -1));
    } else if (errno != EINTR) {
      fail("writing");
    }
  }
}

void output_file::commit() {
  if (!target_.empty()) put_in_place();
  const int closing = opened_ ? opened_.release() : STDOUT_FILENO;
  if (::close(closing) != 0) fail("closing it");
}

void output_file::put_in_place() {
  if (temporary_.empty()) {
    const std::string self = fmt::format("/proc/self/fd/{}", opened_.get());
    for (int attempt = 0; temporary_.empty(); ++attempt) {
      const std::string beside = fmt::format("{}.yoke-{}-{}", target_, ::getpid(), attempt);
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, beside.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        temporary_ = beside;
      } else if (errno != EEXIST) {
        fail("naming it");
      }
    }
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("replacing it");
  temporary_.clear();
}

void output_file::fail(const std::string& doing) const {
  const std::string what = errno_text();
  std::string cure;
  if (errno == ENOSPC || errno == EDQUOT) cure = "; free some room or write elsewhere";
  if (errno == EACCES && !target_.empty()) cure = fmt::format("; you may not write to {}", folder_of(target_));
  if (errno == ENOENT && !target_.empty()) {
    const std::string folder = folder_of(target_);
    std::error_code ignored;
    cure = std::filesystem::exists(folder, ignored) ? fmt::format("; no file can be made in {}", folder)
                                                    : fmt::format("; make the folder first: mkdir -p {}", folder);
  }
  const std::string state = target_.empty() || !existed_ ? "" : "; it is as it was before";
  throw io_error{fmt::format("{}: {} failed: {}{}{}", name_, doing, what, cure, state)};
}

}  // namespace yoke::cli
