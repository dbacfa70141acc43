#include "backends/make_backend.hpp"

#include <yoke/cpu.hpp>
#include <yoke/errors.hpp>

#include "backends/process_backend.hpp"
#include "backends/serial_backend.hpp"
#include "backends/thread_backend.hpp"
#include "start/entry_state.hpp"
#include "sys/shortage.hpp"
#include "sys/visible_text.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <utility>

namespace yoke {
inline namespace v0 {

std::string_view to_string(backend value) {
  switch (value) {
    case backend::processes:
      return "process";
    case backend::threads:
      return "thread";
    case backend::serial:
      return "serial";
  }
  return "unknown";
}

}  // namespace v0
}  // namespace yoke

namespace yoke::detail {

std::uint32_t workers_wanted(const pool_options& options) {
  if (options.workers < 0 || options.workers > most_workers) {
    throw std::invalid_argument("yoke: workers = " + std::to_string(options.workers) + "; a pool has 1 to " +
                                std::to_string(most_workers) + ", and 0 means one per usable CPU");
  }
  if (options.workers > 0) return static_cast<std::uint32_t>(options.workers);
  return static_cast<std::uint32_t>(std::min(usable_cpus(), std::size_t{most_workers}));
}

namespace {

worker_limits limits_wanted(const pool_options& options) {
  if (options.items_per_worker < 0) {
    throw std::invalid_argument("yoke: items_per_worker = " + std::to_string(options.items_per_worker) +
                                "; it is at least 1, and 0 means no limit");
  }
  if (options.nice < 0 || options.nice > 19) {
    throw std::invalid_argument("yoke: nice = " + std::to_string(options.nice) + "; workers can be 0 to 19 nicer");
  }
  const worker_limits limits{.memory = options.memory_per_worker,
                             .items = static_cast<std::uint64_t>(options.items_per_worker),
                             .pin = options.pin_workers,
                             .nice = options.nice,
                             .direct_stderr = options.direct_stderr,
                             .traces = options.backtraces};
  const bool any = limits.memory != 0 || limits.items != 0 || limits.pin || limits.nice != 0;
  if (any && options.backend != yoke::backend::processes) {
    throw std::invalid_argument(
        "yoke: memory_per_worker, items_per_worker, pin_workers and nice are for yoke::backend::processes; leave them "
        "out");
  }
  return limits;
}

void check_variable(const std::string& name, const std::string& value) {
  const bool sound = !name.empty() && name.find('=') == std::string::npos && name.find('\0') == std::string::npos &&
                     value.find('\0') == std::string::npos;
  if (sound) return;
  throw std::invalid_argument(
      "yoke: in pool_options::environment \"" + visible_text(name + '=' + value) +
      "\" is no variable: a name is not empty and has no '=' in it, and neither name nor value a NUL");
}

worker_environment environment_wanted(const pool_options& options) {
  for (const auto& [name, value] : options.environment) check_variable(name, value);
  if (options.threads_per_worker < 0) {
    throw std::invalid_argument("yoke: threads_per_worker = " + std::to_string(options.threads_per_worker) +
                                "; it is at least 1, and 0 means no such limit");
  }
  const bool any = !options.environment.empty() || options.threads_per_worker != 1;
  if (any && options.backend != yoke::backend::processes) {
    throw std::invalid_argument(
        "yoke: environment and threads_per_worker are for yoke::backend::processes; leave them out");
  }
  return {.variables = options.environment, .threads = options.threads_per_worker};
}

void check_deadline(const char* name, std::chrono::nanoseconds deadline) {
  using namespace std::chrono_literals;
  if (deadline == 0ns || deadline >= 1ms) return;
  throw std::invalid_argument(std::string{"yoke: "} + name + " = " + std::to_string(deadline.count()) +
                              " ns; it is at least 1 ms, and 0 means no deadline");
}

worker_hooks hooks_wanted(const pool_options& options) {
  check_deadline("initializer_deadline", options.initializer_deadline);
  check_deadline("finalizer_deadline", options.finalizer_deadline);
  const std::type_info* const result = options.finalizer.result();
  return {.initializer = {options.initializer.entry(), options.initializer.callable()},
          .finalizer = {options.finalizer.entry(), options.finalizer.callable()},
          .keeps_results = result != nullptr && *result != typeid(void),
          .initializer_deadline = options.initializer_deadline,
          .finalizer_deadline = options.finalizer_deadline};
}

void check_start(const pool_options& options) {
  const bool exec = options.start == start::exec;
  if (exec && options.backend != yoke::backend::processes) {
    throw std::invalid_argument("yoke: start::exec is for yoke::backend::processes; leave it out");
  }
  if (!options.worker_program.empty() && !exec) {
    throw std::invalid_argument(
        "yoke: worker_program is executed under start::exec only; leave it out, or ask for that");
  }
  if (options.backend == yoke::backend::processes) require_no_unused_entry();
  if (exec && options.worker_program.empty()) require_entry();
}

}  // namespace

std::unique_ptr<backend> make_backend(const pool_options& options, std::shared_ptr<array_memory> lent) {
  check_start(options);
  const std::uint32_t workers = workers_wanted(options);
  const worker_limits limits = limits_wanted(options);
  worker_environment environment = environment_wanted(options);
  const worker_hooks hooks = hooks_wanted(options);
  try {
    switch (options.backend) {
      case yoke::backend::processes:
        return std::make_unique<process_backend>(process_setup{.workers = workers,
                                                               .limits = limits,
                                                               .how = options.start,
                                                               .program = options.worker_program,
                                                               .environment = std::move(environment),
                                                               .hooks = hooks,
                                                               .initializer_bytes = options.initializer.bytes(),
                                                               .finalizer_bytes = options.finalizer.bytes(),
                                                               .lent = std::move(lent)});
      case yoke::backend::threads:
        return std::make_unique<thread_backend>(workers, hooks);
      case yoke::backend::serial:
        return std::make_unique<serial_backend>(hooks);
    }
  } catch (const std::system_error& lack) {
    if (!is_shortage_of_files(lack.code().value())) throw;
    throw start_error{"the pool could not be started (" + describe_shortage(lack.code().value()) + ")"};
  }
  throw std::invalid_argument("yoke: options.backend is none of processes, threads, serial");
}

}  // namespace yoke::detail
