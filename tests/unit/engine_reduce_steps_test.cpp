#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/range_source.hpp>
#include <yoke/detail/reduce_steps.hpp>
#include <yoke/detail/vector_sink.hpp>

#include <cstdint>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

using namespace yoke::detail;

namespace {

constexpr std::uint64_t count = 20'000;

/// done_of folds a chunk of ones whose items from `cut` on are not wanted; returns how many were folded.
template <class Operation>
std::uint64_t done_of(std::uint64_t cut, std::uint64_t leaf, const Operation& operation) {
  using source = range_source<std::vector<int>::const_iterator>;
  const std::vector<int> items(count, 1);
  const source all{items.begin(), count};
  progress_words progress{};
  item_marks marks{progress, 1, false};
  const cut_word wanted{cut};
  vector_sink results;
  chunk_call call{.closure = nullptr,
                  .first = 0,
                  .count = count,
                  .input = nullptr,
                  .input_bytes = 0,
                  .results = results,
                  .marks = marks,
                  .cut = &wanted};
  run_leaves<int>(call, leaf, by_operation<int, Operation>{operation, nullptr}, source::local_cursor{all, 0},
                  [](const tree_node&, int) {});
  EXPECT_FALSE(call.failed);
  return call.items_done;
}

}  // namespace

TEST(reduce_steps, look_at_what_is_wanted_before_each_item) {
  const auto add = [](int left, int right) { return left + right; };
  for (const std::uint64_t leaf : {1U, 3U, 8U, 100U, 30'000U}) {
    for (const std::uint64_t cut : {1U, 8U, 99U, 100U, 10'001U}) EXPECT_EQ(done_of(cut, leaf, add), cut) << leaf;
    EXPECT_EQ(done_of(count, leaf, add), count);
  }
}

TEST(reduce_steps, that_are_elementary_look_at_it_in_the_middle_of_a_leaf) {
  for (const std::uint64_t leaf : {stretch_length, stretch_length + 1, std::uint64_t{30'000}}) {
    EXPECT_LE(done_of(5000, leaf, std::plus<>{}), 5000 + stretch_length) << leaf;
    EXPECT_EQ(done_of(count, leaf, std::plus<>{}), count);
  }
}
