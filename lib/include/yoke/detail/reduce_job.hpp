#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/bulk_work.hpp>
#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/leaf_tree.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/reduce_steps.hpp>
#include <yoke/detail/vector_sink.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// reduce_job is one call of reduce over at least one item: the ways a chunk of leaves can run, and the tree that their
/// values are joined in.
template <class T, class Source, class Steps>
class reduce_job final : public bulk_work {
 public:
  using calls = typename Steps::calls;

  /// `identity` may be null where the steps have none.
  reduce_job(const Source& source, const calls& made_of, const T* identity, std::uint64_t leaf, const void* scope)
      : source_{source},
        calls_{made_of},
        identity_{identity},
        leaf_{leaf},
        scope_{scope},
        tree_{(source.size() + leaf - 1) / leaf} {}

  /// run folds and joins everything on `pool`, and returns the value of the whole tree.
  T run(pool_core& pool, const call_options& options) {
    const route way = choose_route<Steps>(pool, calls_, false, resident_entry(), options);
    in_place_ = way == route::in_place;
    bulk_plan plan{
        .closure = this, .items = source_.size(), .grain = leaf_, .keeps_partial = false, .options = options};
    vector_sink closure;
    if (way == route::in_place) plan.entry = &run_in_place;
    if (way == route::team) plan.entry = &run_in_team;
    if (way == route::resident) {
      if constexpr (std::is_trivially_copyable_v<calls>) {
        vector_sink identity;
        if constexpr (Steps::has_identity) detail::encode(identity, *identity_);
        const packed fixed{
            .made_of = calls_, .items = source_.pack(), .leaf = leaf_, .identity_bytes = identity.size()};
        closure.append(&fixed, sizeof fixed);
        closure.append(identity.data(), identity.size());
        plan.entry = resident_entry();
        plan.closure = closure.data();
        plan.closure_bytes = closure.size();
        plan.sends_items = Source::sends_items;
      }
    }
    pool.run(way, plan, *this);
    return tree_.take();
  }

 private:
  struct packed {
    calls made_of;
    typename Source::head items;
    std::uint64_t leaf;
    std::uint64_t identity_bytes;  // of the encoded identity that follows
  };

  static constexpr chunk_entry resident_entry() {
    if constexpr (std::is_trivially_copyable_v<calls>) {
      return &run_resident;
    } else {
      return nullptr;
    }
  }

  template <class Cursor>
  static void run_into_sink(chunk_call& call, std::uint64_t leaf, const Steps& steps, const Cursor& items) {
    run_leaves<T>(call, leaf, steps, items,
                  [&](const tree_node&, const T& value) { detail::encode(call.results, value); });
  }

  static void run_in_place(chunk_call& call) {
    auto& self = *static_cast<reduce_job*>(const_cast<void*>(call.closure));
    const call_scope scope{self.scope_};
    std::vector<std::pair<tree_node, T>> nodes;
    run_leaves<T>(call, self.leaf_, Steps{self.calls_, self.identity_},
                  typename Source::local_cursor{self.source_, call.first},
                  [&](const tree_node& node, T&& value) { nodes.emplace_back(node, std::move(value)); });
    if (call.items_done < call.count) return;
    std::size_t placed = 0;
    try {
      for (; placed < nodes.size(); ++placed) {
        auto& [node, value] = nodes[placed];
        ::new (static_cast<void*>(self.tree_.slot(node.first_leaf()))) T(std::move(value));
      }
    } catch (...) {
      while (placed > 0) std::destroy_at(self.tree_.slot(nodes[--placed].first.first_leaf()));
      fail_chunk(call, call.count - 1, 0);
    }
  }

  static void run_in_team(chunk_call& call) {
    const auto& self = *static_cast<const reduce_job*>(call.closure);
    run_into_sink(call, self.leaf_, Steps{self.calls_, self.identity_},
                  typename Source::local_cursor{self.source_, call.first});
  }

  static void run_resident(chunk_call& call) {
    const auto& closure = *static_cast<const packed*>(call.closure);
    const typename Source::remote_cursor items{closure.items, call.first, {call.input, call.input_bytes}};
    const auto& made_of = Steps::here(call, closure.made_of);
    if constexpr (Steps::has_identity) {
      const auto* bytes = static_cast<const std::byte*>(call.closure);
      byte_reader reader{{bytes + sizeof(packed), closure.identity_bytes}};
      const T identity = detail::decode<T>(reader);
      run_into_sink(call, closure.leaf, Steps{made_of, &identity}, items);
    } else {
      run_into_sink(call, closure.leaf, Steps{made_of, nullptr}, items);
    }
  }

  [[nodiscard]] std::span<const std::byte> whole(std::uint64_t first, std::uint64_t count) const override {
    return source_.whole(first, count);
  }

  void encode(std::uint64_t first, std::uint64_t count, byte_sink& into) const override {
    source_.encode(first, count, into);
  }

  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override {
    const std::uint64_t leaf = first / leaf_;
    const std::uint64_t end = leaf + (count + leaf_ - 1) / leaf_;
    byte_reader reader{results};
    for_each_node(leaf, end, [&](const tree_node& node) {
      if (!in_place_) ::new (static_cast<void*>(tree_.slot(node.first_leaf()))) T(detail::decode<T>(reader));
      tree_.arrived(node);
    });
    const Steps steps{calls_, identity_};
    for_each_node(leaf, end, [&](const tree_node& node) {
      tree_.climb(node, [&](T&& left, T&& right) { return steps.join(std::move(left), std::move(right)); });
    });
  }

  const Source& source_;
  const calls& calls_;
  const T* identity_;
  std::uint64_t leaf_;
  const void* scope_;
  leaf_tree<T> tree_;
  bool in_place_ = false;
};

}  // namespace yoke::detail
