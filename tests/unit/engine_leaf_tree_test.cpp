#include <yoke/detail/leaf_tree.hpp>
#include <yoke/options.hpp>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

using yoke::detail::for_each_node;
using yoke::detail::leaf_tree;
using yoke::detail::tree_node;

namespace {

std::string join(std::string&& left, std::string&& right) { return "(" + left + right + ")"; }

/// value_of is a node's value by definition: halves joined, from single letters.
std::string value_of(const tree_node& node, std::uint64_t leaves) {
  if (node.level == 0) return std::string(1, static_cast<char>('a' + node.index % 26));
  std::string left = value_of({.level = node.level - 1, .index = node.index * 2}, leaves);
  const tree_node right{.level = node.level - 1, .index = node.index * 2 + 1};
  return right.first_leaf() >= leaves ? left : join(std::move(left), value_of(right, leaves));
}

std::string whole(std::uint64_t leaves) {
  unsigned level = 0;
  while ((std::uint64_t{1} << level) < leaves) ++level;
  return value_of({.level = level, .index = 0}, leaves);
}

}  // namespace

TEST(leaf_tree, has_one_shape_for_any_chunks_in_any_order) {
  EXPECT_TRUE(rc::check([] {
    const auto leaves = *rc::gen::inRange<std::uint64_t>(1, 200);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> chunks;
    for (std::uint64_t first = 0; first < leaves;) {
      const auto count = std::min(*rc::gen::inRange<std::uint64_t>(1, 40), leaves - first);
      chunks.emplace_back(first, first + count);
      first += count;
    }
    for (std::size_t i = chunks.size(); i > 1; --i) {
      std::swap(chunks[i - 1], chunks[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    leaf_tree<std::string> tree{leaves};
    for (const auto& [first, end] : chunks) {
      std::vector<tree_node> nodes;
      for_each_node(first, end, [&](const tree_node& node) { nodes.push_back(node); });
      for (const tree_node& node : nodes) {
        ::new (static_cast<void*>(tree.slot(node.first_leaf()))) std::string(value_of(node, leaves));
        tree.arrived(node);
      }
      for (const tree_node& node : nodes) tree.climb(node, join);
    }
    RC_ASSERT(tree.take() == whole(leaves));
  }));
}

TEST(leaf_tree, leaves_nothing_behind_when_it_is_given_up_half_way) {
  leaf_tree<std::string> tree{8};
  for (const std::uint64_t leaf : {0, 1, 5}) {
    ::new (static_cast<void*>(tree.slot(leaf))) std::string(100, 'x');
    tree.arrived({.level = 0, .index = leaf});
    tree.climb({.level = 0, .index = leaf}, join);
  }
  SUCCEED() << "the leak and address sanitizers have the say here";
}

TEST(leaf_size, depends_on_the_number_of_items_alone_and_makes_at_most_4096_leaves) {
  EXPECT_EQ(yoke::leaf_size(0), 1U);
  EXPECT_EQ(yoke::leaf_size(1), 1U);
  EXPECT_EQ(yoke::leaf_size(4096), 1U);
  EXPECT_EQ(yoke::leaf_size(4097), 2U);
  EXPECT_EQ(yoke::leaf_size(1'000'000), 256U);
  EXPECT_EQ(yoke::leaf_size(std::uint64_t{1} << 40), std::uint64_t{1} << 28);
}
