#include "support/shared_page.hpp"

#include "start/entry_state.hpp"
#include "support/process_marker.hpp"
#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace yoke_test {
namespace {

using yoke::detail::check;
using yoke::detail::file_descriptor;

/// The number of a page is the same whenever a program is executed: statics are made in one order.
std::string next_name() {
  static int pages = 0;
  return "yoke-test-page-" + std::to_string(++pages);
}

/// Returns a descriptor of the page that the first program made under this name.
file_descriptor page_of_the_first_program(const std::string& name) {
  const std::filesystem::path folder = "/proc/" + std::to_string(first_process()) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!gone && target == "/memfd:" + name + " (deleted)") {
      return file_descriptor{check(::open(entry.path().c_str(), O_RDWR | O_CLOEXEC), "opening a test's shared page")};
    }
  }
  throw std::runtime_error{"the first program has no page " + name};
}

}  // namespace

shared_page::shared_page() {
  const std::string name = next_name();
  file_descriptor file;
  if (std::getenv(yoke::detail::control_variable) != nullptr) {
    file = page_of_the_first_program(name);
  } else {
    file.reset(check(::memfd_create(name.c_str(), MFD_CLOEXEC), "memfd_create of a test's shared page"));
    check(::ftruncate(file.get(), 4096), "ftruncate of a test's shared page");
  }
  memory_ = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory_ == MAP_FAILED) yoke::detail::throw_errno("mmap of a test's shared page");
  static_cast<void>(file.release());  // others find it by this descriptor, as long as the process lives
}

shared_page::~shared_page() { ::munmap(memory_, 4096); }

}  // namespace yoke_test
