#pragma once

#include <yoke/detail/bulk_work.hpp>
#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/leaf_tree.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// run_length is how many neighbouring items of a leaf are joined one after the other, before the run is joined to
/// those before it. The processor works on several runs at once, where one long chain would wait for each operation's
/// end.
inline constexpr std::uint64_t run_length = 8;

/// stretch_length is how many items are marked as one where each takes next to no time: whole runs.
inline constexpr std::uint64_t stretch_length = 512 * run_length;

template <class Number>
inline constexpr bool void_or_arithmetic = std::is_void_v<Number> || std::is_arithmetic_v<Number>;

/// is_arithmetic_operation is true of the standard function objects that can do nothing but return a number.
template <class Operation>
inline constexpr bool is_arithmetic_operation = false;
template <class Number>
inline constexpr bool is_arithmetic_operation<std::plus<Number>> = void_or_arithmetic<Number>;
template <class Number>
inline constexpr bool is_arithmetic_operation<std::multiplies<Number>> = void_or_arithmetic<Number>;
template <class Number>
inline constexpr bool is_arithmetic_operation<std::bit_and<Number>> = void_or_arithmetic<Number>;
template <class Number>
inline constexpr bool is_arithmetic_operation<std::bit_or<Number>> = void_or_arithmetic<Number>;
template <class Number>
inline constexpr bool is_arithmetic_operation<std::bit_xor<Number>> = void_or_arithmetic<Number>;

/// by_operation reduces with one operation: a run starts with its first item.
template <class T, class Operation>
class by_operation {
 public:
  /// calls is what has to reach a worker.
  using calls = Operation;
  static constexpr bool has_identity = false;
  /// elementary steps cannot fail, and take no longer than it takes to say that they begin.
  static constexpr bool elementary = std::is_arithmetic_v<T> && is_arithmetic_operation<Operation>;

  by_operation(const calls& operation, const T* /*identity*/) : operation_{operation} {}

  /// here returns `sent` as the worker that runs `call` may call it.
  static decltype(auto) here(const chunk_call& call, const calls& sent) { return callable_here(call, sent); }

  /// for_each_callable hands every callable of `made_of` to `visit`.
  template <class Calls, class Visit>
  static void for_each_callable(Calls& made_of, const Visit& visit) {
    visit(made_of);
  }

  /// start begins a run; returns its value so far.
  template <class Cursor>
  T start(Cursor& items) const {
    return items.template apply<T>([](const auto& item) -> T { return static_cast<T>(item); });
  }

  /// add folds the next item into a run's value.
  template <class Cursor>
  T add(T&& value, Cursor& items) const {
    return items.template apply<T>(
        [&](const auto& item) -> T { return std::invoke(operation_, std::move(value), item); });
  }

  /// finish ends a run.
  void finish(T& /*value*/) const {}

  /// join makes one value of two neighbours.
  T join(T&& left, T&& right) const { return std::invoke(operation_, std::move(left), std::move(right)); }

 private:
  const Operation& operation_;
};

/// by_fold_and_join reduces to another type than the items': a leaf is one run, and starts with a copy of the
/// identity.
template <class T, class Fold, class Join>
class by_fold_and_join {
 public:
  struct calls {
    Fold fold;
    Join join;
  };
  static constexpr bool has_identity = true;

  by_fold_and_join(const calls& both, const T* identity) : both_{both}, identity_{*identity} {}

  static calls here(const chunk_call& call, const calls& sent) {
    return {.fold = callable_here(call, sent.fold), .join = callable_here(call, sent.join)};
  }

  template <class Calls, class Visit>
  static void for_each_callable(Calls& made_of, const Visit& visit) {
    visit(made_of.fold);
    visit(made_of.join);
  }

  template <class Cursor>
  T start(Cursor& /*items*/) const {
    return identity_;
  }

  template <class Cursor>
  T add(T&& value, Cursor& items) const {
    return items.template apply<T>(
        [&](const auto&... item) -> T { return std::invoke(both_.fold, std::move(value), item...); });
  }

  void finish(T& /*value*/) const {}

  T join(T&& left, T&& right) const { return std::invoke(both_.join, std::move(left), std::move(right)); }

 private:
  const calls& both_;
  const T& identity_;
};

/// by_transform reduces what a transformation makes of the items, with one operation.
template <class T, class Operation, class Transform>
class by_transform {
 public:
  struct calls {
    Operation operation;
    Transform transform;
  };
  static constexpr bool has_identity = false;

  by_transform(const calls& both, const T* /*identity*/) : both_{both} {}

  static calls here(const chunk_call& call, const calls& sent) {
    return {.operation = callable_here(call, sent.operation), .transform = callable_here(call, sent.transform)};
  }

  template <class Calls, class Visit>
  static void for_each_callable(Calls& made_of, const Visit& visit) {
    visit(made_of.operation);
    visit(made_of.transform);
  }

  template <class Cursor>
  T start(Cursor& items) const {
    return items.template apply<T>(both_.transform);
  }

  template <class Cursor>
  T add(T&& value, Cursor& items) const {
    return items.template apply<T>([&](const auto&... item) -> T {
      return std::invoke(both_.operation, std::move(value), static_cast<T>(std::invoke(both_.transform, item...)));
    });
  }

  void finish(T& /*value*/) const {}

  T join(T&& left, T&& right) const { return std::invoke(both_.operation, std::move(left), std::move(right)); }

 private:
  const calls& both_;
};

/// not_wanted leaves the leaves of a chunk when its next item is not wanted any more.
struct not_wanted {};

/// position is how far a chunk of a reduction is.
template <class Cursor>
struct position {
  Cursor items;
  item_marks marks;
  std::uint64_t k = 0;  ///< offset of the item being run

  class in_registers;
};

/// in_registers is a position for the time of one leaf: a local one, which no store of a value can change.
template <class Cursor>
class position<Cursor>::in_registers : public position<Cursor> {
 public:
  explicit in_registers(position& of) : position{of}, of_{of} {}
  in_registers(const in_registers&) = delete;
  in_registers& operator=(const in_registers&) = delete;
  ~in_registers() { of_ = *this; }

 private:
  position& of_;
};

/// folds_unmarked is true where a whole stretch of items is marked as one: elementary steps over numbers that lie in
/// memory.
template <class Steps, class Cursor>
inline constexpr bool folds_unmarked = requires {
  requires Steps::elementary;
  requires Cursor::numbers_in_memory;
};

/// run_leaves folds the leaves of a chunk, joins what can be joined inside it, and hands each node that is left to
/// `place(node, value)`, from left to right.
template <class T, class Steps, class Cursor, class Place>
void run_leaves(chunk_call& call, std::uint64_t leaf, const Steps& steps, Cursor items, const Place& place) {
  position<Cursor> now{std::move(items), call.marks};
  const auto mark = [&](position<Cursor>& here) {
    if (!call.wants(here.k)) throw not_wanted{};
    here.marks.begin(here.k);
  };
  const auto fold_run = [&]<bool marked>(std::bool_constant<marked>, position<Cursor>& here, std::uint64_t end) -> T {
    if constexpr (marked) mark(here);
    T value = steps.start(here.items);
    if constexpr (!Steps::has_identity) ++here.k;
    for (; here.k < end; ++here.k) {
      if constexpr (marked) mark(here);
      value = steps.add(std::move(value), here.items);
    }
    steps.finish(value);
    return value;
  };
  const auto join_runs = [&](auto marked, T& value, position<Cursor>& here, std::uint64_t end) {
    while (end - here.k >= run_length) {  // whole runs, whose length the compiler knows
      T run = fold_run(marked, here, here.k + run_length);
      value = steps.join(std::move(value), std::move(run));
    }
    if (here.k < end) {
      T run = fold_run(marked, here, end);
      value = steps.join(std::move(value), std::move(run));
    }
  };
  const auto fold_stretches = [&](position<Cursor>& here, std::uint64_t end) -> T {
    std::uint64_t next = here.k + stretch_length;
    mark(here);
    T value = fold_run(std::false_type{}, here, std::min(end, here.k + run_length));
    join_runs(std::false_type{}, value, here, std::min(end, next));
    while (here.k < end) {
      mark(here);
      next += stretch_length;
      join_runs(std::false_type{}, value, here, std::min(end, next));
    }
    return value;
  };
  const auto fold_leaf = [&]() -> T {
    typename position<Cursor>::in_registers here{now};
    const std::uint64_t end = std::min(call.count, here.k + leaf);
    if constexpr (folds_unmarked<Steps, Cursor>) {
      if (!here.marks.timed()) return fold_stretches(here, end);
    }
    if constexpr (Steps::has_identity) {
      return fold_run(std::true_type{}, here, end);
    } else {
      T value = fold_run(std::true_type{}, here, std::min(end, here.k + run_length));
      join_runs(std::true_type{}, value, here, end);
      return value;
    }
  };
  const auto fold_node = [&](const auto& self, unsigned level) -> T {
    if (level == 0) return fold_leaf();
    T left = self(self, level - 1);
    T right = self(self, level - 1);
    return steps.join(std::move(left), std::move(right));
  };
  try {
    const std::uint64_t first = call.first / leaf;
    for_each_node(first, first + (call.count + leaf - 1) / leaf,
                  [&](const tree_node& node) { place(node, fold_node(fold_node, node.level)); });
    call.marks = now.marks;
    finish_chunk(call);
  } catch (const not_wanted&) {
    call.marks = now.marks;
    finish_chunk(call, now.k, 0);
  } catch (...) {
    fail_chunk(call, std::min(now.k, call.count - 1), 0);
  }
}

}  // namespace yoke::detail
