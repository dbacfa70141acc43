#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace yoke::detail {

/// tree_node is a node of the fixed tree over a reduction's leaves: it covers the leaves from index * 2^level on,
/// 2^level of them or as many as there are.
struct tree_node {
  unsigned level = 0;
  std::uint64_t index = 0;

  [[nodiscard]] std::uint64_t first_leaf() const { return index << level; }
};

/// for_each_node calls `visit` with the largest nodes that lie inside the leaves [first, end), from left to right.
///
/// These are the nodes that one worker can finish alone: there are at most two of each level.
template <class Visit>
void for_each_node(std::uint64_t first, std::uint64_t end, const Visit& visit) {
  while (first < end) {
    unsigned level = 0;
    while (first % (std::uint64_t{2} << level) == 0 && (std::uint64_t{2} << level) <= end - first) ++level;
    visit(tree_node{.level = level, .index = first >> level});
    first += std::uint64_t{1} << level;
  }
}

/// leaf_tree joins the values of nodes, arriving in any order, in the one fixed shape: a node is always its left half
/// joined with its right half; a node whose sibling would lie wholly behind the last leaf stands for its parent.
///
/// A node's value lives in the slot of its first leaf, where workers of the same process construct it themselves.
template <class T>
class leaf_tree {
 public:
  explicit leaf_tree(std::uint64_t leaves) : levels_(leaves, absent), values_{std::allocator<T>{}.allocate(leaves)} {}
  leaf_tree(const leaf_tree&) = delete;
  leaf_tree& operator=(const leaf_tree&) = delete;

  ~leaf_tree() {
    for (std::size_t leaf = 0; leaf < levels_.size(); ++leaf) {
      if (levels_[leaf] != absent) std::destroy_at(slot(leaf));
    }
    std::allocator<T>{}.deallocate(values_, levels_.size());
  }

  /// slot is where the value of the node with this first leaf belongs.
  [[nodiscard]] T* slot(std::uint64_t first_leaf) { return values_ + first_leaf; }

  /// arrived notes that the node's value has been constructed in its slot.
  void arrived(const tree_node& node) { levels_[node.first_leaf()] = static_cast<std::int8_t>(node.level); }

  /// climb joins the node's value with its sibling's, the result with its own sibling's, and so on as far as they are
  /// there. A node that another climb has used up is left alone.
  template <class Join>
  void climb(tree_node node, const Join& join) {
    if (levels_[node.first_leaf()] != static_cast<std::int8_t>(node.level)) return;
    while ((std::uint64_t{1} << node.level) < levels_.size()) {
      const tree_node sibling{.level = node.level, .index = node.index ^ 1};
      if (sibling.first_leaf() < levels_.size()) {
        if (levels_[sibling.first_leaf()] != static_cast<std::int8_t>(node.level)) return;
        const std::uint64_t left = std::min(node.first_leaf(), sibling.first_leaf());
        const std::uint64_t right = std::max(node.first_leaf(), sibling.first_leaf());
        T joined = join(std::move(*slot(left)), std::move(*slot(right)));
        std::destroy_at(slot(right));
        levels_[right] = absent;
        std::destroy_at(slot(left));
        levels_[left] = absent;
        ::new (static_cast<void*>(slot(left))) T(std::move(joined));
      }
      node = {.level = node.level + 1, .index = node.index / 2};
      arrived(node);
    }
  }

  /// take returns the value of the whole tree, after every leaf has arrived and climbed.
  T take() { return std::move(*slot(0)); }

 private:
  static constexpr std::int8_t absent = -1;

  std::vector<std::int8_t> levels_;  // by first leaf: the level of the node that is there
  T* values_;
};

}  // namespace yoke::detail
