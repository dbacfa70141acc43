#include <yoke/errors.hpp>

#include "backends/forked_copy_guard.hpp"
#include "capture/capture_check.hpp"
#include "pool_parts.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace yoke::detail {

namespace {

std::string lost_writes(const capture_verdict& found) {
  return "yoke: the task returns nothing, and " + found.describe() +
         ": what it writes there would stay in the worker; return the value from map instead (also where it only "
         "reads: then let map return anything and drop it), or write into a yoke::shared_array of the pool: capture "
         "its "
         "view()";
}

std::string of_another_pool(const capture_verdict& found) {
  return "yoke: in the task word " + std::to_string(found.word) +
         " points into a shared array of another pool, which this pool's workers can not write: make the array with "
         "the "
         "pool that runs the task";
}

std::string unsafe_fork(const std::string& reason) {
  return "yoke: " + reason +
         ", so the call needs processes forked for it, which is safe only while the program has one thread; capture "
         "copies of plain values (or items of the input), or use yoke::backend::threads";
}

std::string not_in_a_fresh_program(const std::string& reason) {
  return "yoke: " + reason +
         ", but the workers of a pool with start::exec are the program executed anew, which has none of this program's "
         "memory, and has its constants elsewhere: capture copies of plain values (or make it part of the items, or "
         "name constants inside the task), or use yoke::start::fork or yoke::backend::threads";
}

std::string not_for_submit(const std::string& reason) {
  return "yoke: " + reason +
         ", but a task that is submitted runs on processes forked long before: let the function capture copies of "
         "plain "
         "values, and give everything else (strings, containers) as arguments, which are encoded; or use "
         "yoke::backend::threads";
}

constexpr const char* not_plain =
    "the task is not trivially copyable (it captures a container, a string, a smart pointer)";

std::string code_not_there(bool other_program) {
  return std::string("yoke: the workers of this pool do not have the task's code: ") +
         (other_program ? "put the task, and the call that is given it, into a shared library that the worker program "
                          "is linked with, too"
                        : "link the library that it is in to the program, as the program executed anew knows nothing "
                          "of what was loaded later");
}

std::string not_for_a_fresh_program(const char* hook, const std::string& reason) {
  return std::string{"yoke: the "} + hook + ' ' + reason +
         ", but the workers of a pool with start::exec are the program executed anew, which has none of this program's "
         "memory: capture copies of plain numbers, or use yoke::start::fork or yoke::backend::threads";
}

/// The callable of a hook is copied to workers that are executed anew: it has to mean the same there.
void check_hook(const char* name, const worker_hook& hook, const image_list& images) {
  if (!hook || !hook.has_state()) return;
  if (!hook.copies_plainly()) {
    throw capture_error{not_for_a_fresh_program(
        name, "is not trivially copyable (it captures a container, a string, a smart pointer)")};
  }
  const std::span state{static_cast<const std::byte*>(hook.callable()), hook.bytes()};
  const capture_verdict found = check_words(state, images, {}, images_lie::elsewhere);
  if (!found.allowed())
    throw capture_error{not_for_a_fresh_program(name, "captures what is not plain: " + found.describe())};
}

}  // namespace

const pool_options& checked_hooks(const pool_options& options, const image_list& images) {
  if (options.backend != yoke::backend::processes || options.start != start::exec) return options;
  check_hook("initializer", options.initializer, images);
  check_hook("finalizer", options.finalizer, images);
  return options;
}

void pool_core::parts::check_code(const worker_hook& hook) const {
  const auto have = [this](std::uintptr_t code) { return code == 0 || workers->has_code(code); };
  if (have(reinterpret_cast<std::uintptr_t>(hook.entry())) && have(hook.function())) return;
  throw capture_error{code_not_there(!options.worker_program.empty())};
}

capture_verdict pool_core::look_at(const callable_facts& task) const {
  const capabilities can = describe();
  const bool checks = !can.shares_memory || (task.returns_nothing && parts_->options.strict_captures);
  capture_verdict found;
  if (checks && !task.state.empty()) {
    const std::span common = parts_->workers->common_memory();
    const auto begin = reinterpret_cast<std::uintptr_t>(common.data());
    const std::array segments{address_range{begin, begin + common.size()}};
    found = check_words(task.state, parts_->images, segments,
                        can.sees_captures ? images_lie::there : images_lie::elsewhere);
  }
  if (checks && task.returns_nothing && found.is_private_writable()) throw capture_error{lost_writes(found)};
  if (!can.shares_memory && found.where == pointee::shared_memory &&
      is_memory_of_another_pool(found.address, parts_->workers->common_memory())) {
    throw capture_error{of_another_pool(found)};
  }
  return found;
}

void pool_core::admit(const callable_facts& task) const {
  const capture_verdict found = look_at(task);
  if (describe().shares_memory) return;
  if (!task.copies_plainly) throw capture_error{not_for_submit(not_plain)};
  if (!found.allowed()) throw capture_error{not_for_submit("in the task " + found.describe())};
  if (have_code(task)) return;
  throw capture_error{describe().sees_captures
                          ? not_for_submit("the task is in a library that was loaded after the pool was constructed")
                          : code_not_there(!parts_->options.worker_program.empty())};
}

route pool_core::choose(const callable_facts& task, const call_options& options) const {
  const capabilities can = describe();
  const capture_verdict found = look_at(task);
  if (can.shares_memory) return route::in_place;

  std::string reason;
  if (options.fresh) {
    reason = "the call was asked to be fresh";
  } else if (!task.copies_plainly) {
    reason = not_plain;
  } else if (!found.allowed()) {
    reason = "in the task " + found.describe();
  } else if (!have_code(task)) {
    reason = "the task is in a library that was loaded after the pool was constructed";
    if (!can.sees_captures) throw capture_error{code_not_there(!parts_->options.worker_program.empty())};
  } else {
    return route::resident;
  }
  if (!can.sees_captures) throw capture_error{not_in_a_fresh_program(reason)};
  if (!is_single_threaded()) throw capture_error{unsafe_fork(reason)};
  return route::team;
}

bool pool_core::have_code(const callable_facts& task) const {
  const auto have = [this](std::uintptr_t code) {
    return in_image_loaded_at_fork(reinterpret_cast<const void*>(code), parts_->images) &&
           parts_->workers->has_code(code);
  };
  return (task.entry == 0 || have(task.entry)) &&
         std::all_of(task.functions.begin(), task.functions.end(),
                     [&](std::uintptr_t function) { return function == 0 || have(function); });
}

void pool_core::require_writable(std::span<const std::byte> bytes, const char* name) const {
  if (bytes.empty() || (describe().shares_memory && !parts_->options.strict_captures)) return;
  const auto home = arrays();
  if (home->holds(bytes)) return;
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const bool freed = home->contains(bytes);
  const bool others = !freed && is_memory_of_another_pool(address, parts_->workers->common_memory());
  throw capture_error{std::string("yoke: ") + name + " works in memory that all workers share, and was given some " +
                      (others  ? "in a shared array of another pool"
                       : freed ? "beyond the end of a shared array, or in one that is gone"
                               : "elsewhere") +
                      ": use a yoke::shared_array made with this pool"};
}

}  // namespace yoke::detail
