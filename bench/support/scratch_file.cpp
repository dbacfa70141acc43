#include "bench/support/scratch_file.hpp"

#include <csignal>
#include <filesystem>

#include <fmt/core.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

std::string current;

void remove_and_leave(int signal) {
  ::unlink(current.c_str());
  ::_exit(128 + signal);
}

}  // namespace

scratch_file::scratch_file(const std::string& name) {
  current = (std::filesystem::temp_directory_path() / fmt::format("{}.{}", name, ::getpid())).string();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, remove_and_leave);
}

scratch_file::~scratch_file() { ::unlink(current.c_str()); }

const std::string& scratch_file::path() const { return current; }

}  // namespace yoke::bench
