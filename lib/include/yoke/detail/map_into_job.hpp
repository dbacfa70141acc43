#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/bulk_work.hpp>
#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/range_source.hpp>
#include <yoke/detail/shared_block.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace yoke::detail {

/// map_into_job is one call of map_into: every route writes results to where they stay, and none carries any back.
template <class T, class Source, class Task>
class map_into_job final : public bulk_work {
 public:
  map_into_job(const Source& source, T* out, const Task& task, const void* scope)
      : source_{source}, out_{out}, task_{task}, scope_{scope} {}

  void run(pool_core& pool, const call_options& options) {
    const route way = choose_route(pool, task_, false, resident_entry(), options);
    bulk_plan plan{.closure = this, .items = source_.size(), .options = options};
    if (way != route::resident) {
      plan.entry = &run_here;
      pool.run(way, plan, *this);
      return;
    }
    if constexpr (std::is_trivially_copyable_v<Task>) {
      const packed closure{.out = out_, .task = task_, .items = source_.pack()};
      plan.entry = resident_entry();
      plan.closure = &closure;
      plan.closure_bytes = sizeof closure;
      plan.sends_items = Source::sends_items;
      pool.run(way, plan, *this);
    }
  }

 private:
  struct packed {
    T* out;
    Task task;
    typename Source::head items;
  };

  static constexpr chunk_entry resident_entry() {
    if constexpr (std::is_trivially_copyable_v<Task>) {
      return &run_resident;
    } else {
      return nullptr;
    }
  }

  template <class Cursor>
  static void fill(chunk_call& call, T* out, Cursor items, const Task& task) {
    std::uint64_t k = 0;
    try {
      item_marks marks = call.marks;  // a local one stays in registers: no store of a result can change it
      for (const std::uint64_t count = call.count; k < count; ++k) {
        marks.begin(k);
        ::new (static_cast<void*>(out + k)) T(items.template apply<T>(task));
      }
      call.marks = marks;
      finish_chunk(call);
    } catch (...) {
      fail_chunk(call, k, 0);
    }
  }

  /// Runs where the caller's memory is at hand: in its own process, or in one forked for the call.
  static void run_here(chunk_call& call) {
    const auto& self = *static_cast<const map_into_job*>(call.closure);
    const call_scope scope{self.scope_};
    fill(call, self.out_ + call.first, typename Source::local_cursor{self.source_, call.first}, self.task_);
  }

  static void run_resident(chunk_call& call) {
    const auto& closure = *static_cast<const packed*>(call.closure);
    const typename Source::remote_cursor items{closure.items, call.first, {call.input, call.input_bytes}};
    fill(call, closure.out + call.first, items, callable_here(call, closure.task));
  }

  [[nodiscard]] std::span<const std::byte> whole(std::uint64_t first, std::uint64_t count) const override {
    return source_.whole(first, count);
  }

  void encode(std::uint64_t first, std::uint64_t count, byte_sink& into) const override {
    source_.encode(first, count, into);
  }

  void deliver(std::uint64_t /*first*/, std::uint64_t /*count*/, std::span<const std::byte> /*results*/) override {}

  const Source& source_;
  T* out_;
  const Task& task_;
  const void* scope_;
};

/// map_into runs a map_into_job, after checking that `out` is as long as the input and can be written by workers.
template <class Source, class T, class Task>
void map_into(pool_core& pool, const Source& source, std::span<T> out, const Task& task, const call_options& options) {
  if constexpr (std::is_function_v<Task>) {
    return detail::map_into(pool, source, out, &task, options);
  } else {
    Source::require_items();
    require_shared<T>();
    static_assert(std::is_convertible_v<typename Source::template result_of<Task>, T>,
                  "yoke: what the task of map_into returns has to convert to an element of the output");
    pool.check_open();
    if (out.size() != source.size()) {
      throw std::invalid_argument("yoke: map_into has " + std::to_string(source.size()) + " items and room for " +
                                  std::to_string(out.size()) + " results: make the output as long as the input");
    }
    pool.require_writable(std::as_bytes(out), "map_into");
    map_into_job<T, Source, Task> job{source, out.data(), task, pool.scope()};
    job.run(pool, options);
  }
}

}  // namespace yoke::detail
