#include <yoke/errors.hpp>
#include <yoke/worker_entry.hpp>

#include "start/entry_state.hpp"
#include "workers/exec_entry.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

std::atomic<bool> entered{false};

std::vector<std::string>& environment_at_entry() {
  static auto* const kept = new std::vector<std::string>;  // pools may be constructed during exit
  return *kept;
}

std::vector<std::string> environment_of_now() {
  std::vector<std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

int number_in(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : -1;
}

// What the kernel was given cannot change, and so can be read while other threads call setenv.
std::vector<std::string> environment_of_the_start() {
  std::vector<std::string> all;
  std::ifstream file{"/proc/self/environ"};
  for (std::string entry; std::getline(file, entry, '\0');) all.push_back(entry);
  return all;
}

bool started_by_a_pool() {
  const std::string mark = std::string{control_variable} + "=";
  const auto all = environment_of_the_start();
  return std::any_of(all.begin(), all.end(), [&](const std::string& entry) { return entry.starts_with(mark); });
}

}  // namespace

void require_no_unused_entry() {
  if (entered) return;
  static const bool unused = started_by_a_pool();
  if (!unused) return;
  throw start_error{
      fmt::format("this program was started by a pool ({} is set), but has not called worker_entry yet: begin main "
                  "with\n  {}\nand construct no pool of processes before it; where no pool started it, unset {}",
                  control_variable, entry_line, control_variable)};
}

void require_entry() {
  if (entered) return;
  throw start_error{
      fmt::format("start::exec runs this program once more, and its main would run there, too: begin main with\n  "
                  "{}\nand construct the pool after it",
                  entry_line)};
}

std::vector<std::string> first_environment() { return entered ? environment_at_entry() : environment_of_the_start(); }

}  // namespace yoke::detail

namespace yoke {
inline namespace v0 {

void worker_entry(int /*argc*/, char** /*argv*/) {
  if (const char* const value = std::getenv(detail::control_variable)) {
    const std::string text = value;
    ::unsetenv(detail::control_variable);  // tasks, and what they start, are no supervisors
    detail::environment_at_entry() = detail::environment_of_now();
    detail::entered = true;
    detail::run_exec_entry(detail::number_in(text));
  }
  if (!detail::entered) detail::environment_at_entry() = detail::environment_of_now();
  detail::entered = true;
}

}  // namespace v0
}  // namespace yoke
