// Python in every worker. Threads have one interpreter, and its global lock lets one of them run at a time.
#include "bench/workloads/interpreter.hpp"

#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <dlfcn.h>

namespace yoke::bench {
namespace {

using run_function = decltype(&yoke_interpreter_run);

run_function run_item = nullptr;

std::filesystem::path library() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return program.parent_path() / YOKE_LIBRARIES_FROM_PROGRAMS / "yoke_interpreter.so";
}

std::string obstacle() {
  std::error_code unknown;
  if (std::filesystem::exists(library(), unknown)) return {};
  return "built without Python: install libpython3-dev and build again";
}

void prepare(problem_size /*size*/) {
  if (run_item != nullptr) return;
  void* const opened = ::dlopen(library().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) throw std::runtime_error{::dlerror()};
  run_item = reinterpret_cast<run_function>(::dlsym(opened, "yoke_interpreter_run"));
  if (run_item == nullptr) throw std::runtime_error{::dlerror()};
}

std::uint64_t items(problem_size size) { return by_size<std::uint64_t>(size, 8, 200, 2000); }

std::uint64_t interpret(problem_size /*size*/, std::uint64_t item) {
  const std::uint64_t result = run_item(item);
  if (result == 0) throw std::runtime_error{"the Python interpreter failed; its message is on standard error"};
  return result;
}

}  // namespace

workload interpreter() {
  return with_numbers({.name = "interpreter",
                       .summary = "a global interpreter lock: Python, embedded",
                       .family = "processes win",
                       .bound_by = {},
                       .prepare = prepare,
                       .obstacle = obstacle},
                      interpret, items);
}

}  // namespace yoke::bench
