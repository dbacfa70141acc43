#include "engine/worker_hooks.hpp"

#include "engine/failure.hpp"
#include "start/code_map.hpp"

#include <stdexcept>

namespace yoke::detail {

bool run_hook(const hook& called, byte_sink& into, const code_map* code) {
  progress_words progress{};
  item_marks marks{progress, 0, false};
  chunk_call call{.closure = called.callable,
                  .first = 0,
                  .count = 1,
                  .input = nullptr,
                  .input_bytes = 0,
                  .results = into,
                  .marks = marks,
                  .code = code};
  const auto there = reinterpret_cast<std::uintptr_t>(called.entry);
  const std::uintptr_t here = code == nullptr ? there : code->here(there);
  if (here == 0) throw std::logic_error{"yoke: a worker was given a hook whose code it does not have"};
  reinterpret_cast<chunk_entry>(here)(call);
  return !call.failed;
}

std::exception_ptr error_of(const farewell& sad) {
  if (sad.how == farewell::kind::threw) return task_failure_error(sad.bytes, task_failure::no_item, sad.end.pid);
  return std::make_exception_ptr(worker_lost{sad.of_initializer ? "initializer" : "finalizer", sad.end});
}

}  // namespace yoke::detail
