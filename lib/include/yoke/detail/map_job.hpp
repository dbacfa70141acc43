#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/bulk_work.hpp>
#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/failure_of.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/result_slots.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// run_into_slots runs a chunk whose results are constructed where the caller will find them.
template <class R, class Cursor, class Task>
void run_into_slots(chunk_call& call, R* slots, Cursor cursor, const Task& task) {
  std::uint64_t k = 0;
  call.marks.begin(0, 0);
  const bool timed = call.marks.timed();
  try {
    for (; k < call.count && call.wants(k); ++k) {
      if (timed) call.marks.begin(k);
      if constexpr (std::is_void_v<R>) {
        cursor.template apply<void>(task);
      } else {
        ::new (static_cast<void*>(slots + k)) R(cursor.template apply<R>(task));
      }
    }
    finish_chunk(call, k, 0);
  } catch (...) {
    fail_chunk(call, k, 0);
  }
}

/// run_into_sink runs a chunk whose results are encoded.
template <class R, class Cursor, class Task>
void run_into_sink(chunk_call& call, Cursor cursor, const Task& task) {
  std::uint64_t k = 0;
  std::uint64_t bytes = 0;
  try {
    if constexpr (std::is_void_v<R>) {
      for (; k < call.count && call.wants(k); ++k) {
        call.marks.begin(k, 0);
        cursor.template apply<void>(task);
      }
    } else if constexpr (copied_whole<R>) {
      std::byte* out = call.results.reserve(call.count * sizeof(R));
      call.results.commit(call.count * sizeof(R));
      item_marks marks = call.marks;  // a local one stays in registers: no store of a result can change it
      marks.fixed_results(sizeof(R));
      const cut_word& cut = *call.cut;
      const std::uint64_t first = call.first;
      for (const std::uint64_t count = call.count; k < count && first + k < cut.load(std::memory_order_relaxed);
           ++k, bytes += sizeof(R)) {
        marks.begin(k);
        const R result = cursor.template apply<R>(task);
        std::memcpy(out + bytes, std::addressof(result), sizeof(R));
      }
      call.marks = marks;
    } else {
      for (; k < call.count && call.wants(k); ++k, bytes = call.results.size()) {
        call.marks.begin(k, bytes);
        detail::encode(call.results, static_cast<const R&>(cursor.template apply<R>(task)));
      }
    }
    finish_chunk(call, k, bytes);
  } catch (...) {
    fail_chunk(call, k, bytes);
  }
}

/// map_job is one call of map or for_each: the ways a chunk can run, and where results go. R is void for for_each.
template <class R, class Source, class Task>
class map_job final : public bulk_work {
 public:
  map_job(const Source& source, const Task& task, const void* scope)
      : source_{source}, task_{task}, scope_{scope}, slots_{source.size()} {}

  /// run runs the job on `pool`; R must not be void for the results to be of use.
  void run(pool_core& pool, const call_options& options, bool reruns) {
    const route way = choose_route(pool, task_, std::is_void_v<R>, resident_entry(), options);
    bulk_plan plan{.items = source_.size(), .reruns = reruns, .options = options};
    in_place_ = way == route::in_place;
    switch (way) {
      case route::in_place:
        plan.entry = &run_in_place;
        plan.closure = this;
        pool.run(way, plan, *this);
        return;
      case route::team:
        plan.entry = &run_in_team;
        plan.closure = this;
        pool.run(way, plan, *this);
        return;
      case route::resident:
        if constexpr (std::is_trivially_copyable_v<Task>) {
          const packed closure{.task = task_, .items = source_.pack()};
          plan.entry = resident_entry();
          plan.closure = &closure;
          plan.closure_bytes = sizeof closure;
          plan.sends_items = Source::sends_items;
          pool.run(way, plan, *this);
        }
        return;
    }
  }

  /// take returns the results in input order, after run().
  auto take() { return slots_.take(); }

 private:
  struct no_slots {
    explicit no_slots(std::uint64_t /*count*/) {}
  };

  struct packed {
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

  static void run_in_place(chunk_call& call) {
    auto& self = *static_cast<map_job*>(const_cast<void*>(call.closure));
    const call_scope scope{self.scope_};
    typename Source::local_cursor items{self.source_, call.first};
    if constexpr (std::is_void_v<R>) {
      run_into_slots<void>(call, static_cast<void*>(nullptr), items, self.task_);
    } else {
      run_into_slots<R>(call, self.slots_.data() + call.first, items, self.task_);
    }
  }

  static void run_in_team(chunk_call& call) {
    const auto& self = *static_cast<const map_job*>(call.closure);
    run_into_sink<R>(call, typename Source::local_cursor{self.source_, call.first}, self.task_);
  }

  static void run_resident(chunk_call& call) {
    const auto& closure = *static_cast<const packed*>(call.closure);
    const std::span payload{call.input, call.input_bytes};
    run_into_sink<R>(call, typename Source::remote_cursor{closure.items, call.first, payload},
                     callable_here(call, closure.task));
  }

  [[nodiscard]] std::span<const std::byte> whole(std::uint64_t first, std::uint64_t count) const override {
    return source_.whole(first, count);
  }

  void encode(std::uint64_t first, std::uint64_t count, byte_sink& into) const override {
    source_.encode(first, count, into);
  }

  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override {
    if constexpr (!std::is_void_v<R>) {
      if (in_place_) {
        slots_.constructed(first, count);
        return;
      }
      byte_reader reader{results};
      if constexpr (copied_whole<R>) {
        std::memcpy(static_cast<void*>(slots_.data() + first), reader.take(count * sizeof(R)), count * sizeof(R));
        slots_.constructed(first, count);
      } else {
        std::uint64_t k = 0;
        try {
          for (; k < count; ++k) ::new (static_cast<void*>(slots_.data() + first + k)) R(detail::decode<R>(reader));
        } catch (...) {
          slots_.constructed(first, k);
          std::rethrow_exception(failure_of(std::current_exception(), first + k, 0));
        }
        slots_.constructed(first, count);
      }
    }
  }

  const Source& source_;
  const Task& task_;
  const void* scope_;
  std::conditional_t<std::is_void_v<R>, no_slots, result_slots<std::conditional_t<std::is_void_v<R>, char, R>>> slots_;
  bool in_place_ = false;
};

}  // namespace yoke::detail
