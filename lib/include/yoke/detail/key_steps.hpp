#pragma once

#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/task_concepts.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// key_and_value is a pair, or a tuple or an array of two.
template <class T>
concept key_and_value = tuple_like<T> && std::tuple_size<std::remove_cvref_t<T>>::value == 2;

/// emission is what a map_reduce makes of an item: one key and value, or a range of them.
template <class T>
struct emission;
template <key_and_value T>
struct emission<T> {
  using one = std::remove_cvref_t<T>;
};
template <std::ranges::input_range T>
requires(!key_and_value<T> && key_and_value<std::ranges::range_value_t<T>>) struct emission<T> {
  using one = std::ranges::range_value_t<T>;
};

/// emits_pairs is a callable for one item of each input that returns keys and values.
template <class Emit, class... Inputs>
concept emits_pairs = task_over<Emit, Inputs...> && requires {
  typename emission<std::remove_cvref_t<typename result_over<Emit, items_of<Inputs...>>::type>>::one;
};

template <class Emit, class Input>
using emitted_by = typename emission<std::remove_cvref_t<typename result_over<Emit, items_of<Input>>::type>>::one;
template <class Emit, class Input>
using key_of = std::remove_cv_t<std::tuple_element_t<0, emitted_by<Emit, Input>>>;
template <class Emit, class Input>
using value_of = std::remove_cv_t<std::tuple_element_t<1, emitted_by<Emit, Input>>>;

/// keyed_values are keys with their values. The first `joined` of them have different keys and are sorted; what follows
/// came in the order of the items.
template <class Key, class Value>
struct keyed_values {
  std::vector<std::pair<Key, Value>> entries;
  std::uint64_t joined = 0;
};

/// by_key reduces keys and values that are made of the items: a leaf joins the values of a key from left to right, and
/// two neighbours are joined key by key.
template <class Key, class Value, class Emit, class Join>
class by_key {
 public:
  using values = keyed_values<Key, Value>;
  struct calls {
    Emit emit;
    Join join;
  };
  static constexpr bool has_identity = true;

  by_key(const calls& both, const values* /*identity*/) : both_{both} {}

  static calls here(const chunk_call& call, const calls& sent) {
    return {.emit = callable_here(call, sent.emit), .join = callable_here(call, sent.join)};
  }

  template <class Calls, class Visit>
  static void for_each_callable(Calls& made_of, const Visit& visit) {
    visit(made_of.emit);
    visit(made_of.join);
  }

  template <class Cursor>
  values start(Cursor& /*items*/) const {
    return {};
  }

  template <class Cursor>
  values add(values&& so_far, Cursor& items) const {
    return items.template apply<values>([&](const auto&... item) -> values {
      auto&& made = std::invoke(both_.emit, item...);
      if constexpr (key_and_value<decltype(made)>) {
        put(so_far, std::forward<decltype(made)>(made));
      } else {
        for (auto&& each : made) put(so_far, std::forward<decltype(each)>(each));
      }
      return std::move(so_far);
    });
  }

  void finish(values& leaf) const { join_alike(leaf); }

  values join(values&& left, values&& right) const {
    values both;
    both.entries.reserve(left.entries.size() + right.entries.size());
    auto a = left.entries.begin();
    auto b = right.entries.begin();
    while (a != left.entries.end() && b != right.entries.end()) {
      if (a->first < b->first) {
        both.entries.push_back(std::move(*a++));
      } else if (b->first < a->first) {
        both.entries.push_back(std::move(*b++));
      } else {
        both.entries.push_back(joined(std::move(*a++), std::move(*b++)));
      }
    }
    std::move(a, left.entries.end(), std::back_inserter(both.entries));
    std::move(b, right.entries.end(), std::back_inserter(both.entries));
    both.joined = both.entries.size();
    return both;
  }

 private:
  using entry = std::pair<Key, Value>;

  // A leaf may see the same keys over and over: it is joined whenever it has grown to twice its keys.
  static constexpr std::size_t least_pending = 256;

  template <class Pair>
  void put(values& into, Pair&& made) const {
    into.entries.emplace_back(std::get<0>(std::forward<Pair>(made)), std::get<1>(std::forward<Pair>(made)));
    if (into.entries.size() >= 2 * into.joined + least_pending) join_alike(into);
  }

  void join_alike(values& all) const {
    if (all.joined == all.entries.size()) return;
    std::ranges::stable_sort(all.entries, {}, &entry::first);
    std::size_t kept = 0;
    for (std::size_t next = 1; next < all.entries.size(); ++next) {
      if (all.entries[kept].first < all.entries[next].first) {
        if (++kept != next) all.entries[kept] = std::move(all.entries[next]);
      } else {
        all.entries[kept] = joined(std::move(all.entries[kept]), std::move(all.entries[next]));
      }
    }
    all.entries.erase(all.entries.begin() + static_cast<std::ptrdiff_t>(kept + 1), all.entries.end());
    all.joined = all.entries.size();
  }

  entry joined(entry&& left, entry&& right) const {
    return {std::move(left.first), std::invoke(both_.join, std::move(left.second), std::move(right.second))};
  }

  const calls& both_;
};

}  // namespace yoke::detail
