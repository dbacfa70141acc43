#include "memory/page_ranges.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

namespace yoke::detail {
namespace {

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;

struct page_ranges_test : testing::Test {
  segment memory{segment::home::shared, 256 * mebibyte, mebibyte};
  page_ranges ranges{memory, mebibyte, 128 * mebibyte, 4 * mebibyte};

  std::size_t committed() const {
    struct stat status {};
    EXPECT_EQ(::fstat(memory.descriptor(), &status), 0);
    return static_cast<std::size_t>(status.st_blocks) * 512;
  }
};

TEST_F(page_ranges_test, gives_writable_memory_inside_of_its_area) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{64}, std::size_t{2048}, std::size_t{2049},
                                  std::size_t{4096}, std::size_t{4097}, 100 * kibibyte, 5 * mebibyte}) {
    std::byte* const block = ranges.allocate(bytes);
    EXPECT_GE(block, memory.base() + mebibyte);
    EXPECT_LE(block + bytes, memory.base() + 129 * mebibyte);
    std::memset(block, 1, bytes);
    ranges.release(block, bytes);
  }
  EXPECT_EQ(ranges.used_bytes(), 2 * page_size()) << "one empty page is kept for each small size used";
}

TEST_F(page_ranges_test, aligns_small_blocks_to_their_size_and_others_to_pages) {
  for (std::size_t bytes = 1; bytes < 20000; bytes = bytes * 3 / 2 + 1) {
    const auto address = reinterpret_cast<std::uintptr_t>(ranges.allocate(bytes));
    const std::size_t alignment = bytes > 2048 ? page_size() : bytes <= 64 ? 64 : 128;
    EXPECT_EQ(address % alignment, 0u) << bytes;
  }
}

TEST_F(page_ranges_test, counts_nothing_as_one_byte) {
  std::byte* const block = ranges.allocate(0);
  EXPECT_NE(ranges.allocate(0), block);
  ranges.release(block, 0);
}

TEST_F(page_ranges_test, refuses_what_can_never_fit) {
  for (const std::size_t bytes : {129 * mebibyte, SIZE_MAX / 2, SIZE_MAX - 4096, SIZE_MAX - 1, SIZE_MAX}) {
    EXPECT_THROW(ranges.allocate(bytes), std::bad_alloc) << bytes;
  }
  EXPECT_EQ(ranges.used_bytes(), 0u);
}

TEST_F(page_ranges_test, can_hand_out_all_it_has_at_once) {
  std::byte* const all = ranges.allocate(128 * mebibyte);
  EXPECT_THROW(ranges.allocate(1), std::bad_alloc);
  ranges.release(all, 128 * mebibyte);
  EXPECT_NO_THROW(ranges.allocate(1));
}

TEST_F(page_ranges_test, says_how_much_is_in_use_when_there_is_no_more) {
  ranges.allocate(100 * mebibyte);
  try {
    ranges.allocate(100 * mebibyte);
    FAIL() << "nothing was thrown";
  } catch (const std::bad_alloc& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(100 * mebibyte) + " of the pool's"), std::string::npos)
        << error.what();
  }
}

TEST_F(page_ranges_test, uses_the_same_pages_again_for_blocks_of_similar_size) {
  std::byte* const first = ranges.allocate(1000 * kibibyte);
  ranges.release(first, 1000 * kibibyte);
  std::byte* const second = ranges.allocate(990 * kibibyte);
  EXPECT_EQ(second, first);
}

TEST_F(page_ranges_test, uses_warm_pages_before_new_ones) {
  std::byte* const first = ranges.allocate(mebibyte);
  ranges.release(first, mebibyte);
  const std::size_t before = committed();
  std::vector<std::byte*> parts;
  for (int i = 0; i < 8; ++i) parts.push_back(ranges.allocate(128 * kibibyte));
  EXPECT_EQ(committed(), before);
  for (std::byte* part : parts) ranges.release(part, 128 * kibibyte);
  EXPECT_EQ(ranges.allocate(mebibyte), first) << "the parts have grown together again";
  EXPECT_EQ(committed(), before);
}

TEST_F(page_ranges_test, commits_many_pages_at_once_for_small_blocks) {
  const std::byte* const first = ranges.allocate(64);
  const std::size_t before = committed();
  EXPECT_GT(before, 16 * page_size());
  for (int i = 0; i < 1000; ++i) static_cast<void>(ranges.allocate(64));
  EXPECT_EQ(committed(), before);
  EXPECT_NE(first, nullptr);
}

TEST_F(page_ranges_test, puts_small_blocks_side_by_side) {
  std::set<std::size_t> pages;
  std::set<const std::byte*> blocks;
  for (int i = 0; i < 640; ++i) {
    const std::byte* const block = ranges.allocate(40);
    EXPECT_TRUE(blocks.insert(block).second);
    pages.insert(static_cast<std::size_t>(block - memory.base()) / page_size());
  }
  EXPECT_EQ(pages.size(), 640 * 64 / page_size());
}

TEST_F(page_ranges_test, gives_pages_back_beyond_the_warm_limit) {
  std::vector<std::byte*> blocks;
  for (int i = 0; i < 16; ++i) blocks.push_back(ranges.allocate(mebibyte));
  EXPECT_GE(committed(), 16 * mebibyte);
  for (std::byte* block : blocks) ranges.release(block, mebibyte);
  EXPECT_LE(ranges.warm_bytes(), 4 * mebibyte);
  EXPECT_EQ(committed(), ranges.warm_bytes());
}

TEST_F(page_ranges_test, gives_a_block_larger_than_the_warm_limit_back_at_once) {
  std::byte* const block = ranges.allocate(10 * mebibyte);
  ranges.release(block, 10 * mebibyte);
  EXPECT_EQ(committed(), 0u);
}

TEST_F(page_ranges_test, gives_everything_back_when_trimmed) {
  for (const std::size_t bytes : {std::size_t{1}, mebibyte}) ranges.release(ranges.allocate(bytes), bytes);
  EXPECT_GT(ranges.warm_bytes(), 0u);
  EXPECT_GT(ranges.used_bytes(), 0u);
  ranges.trim();
  EXPECT_EQ(ranges.warm_bytes(), 0u);
  EXPECT_EQ(ranges.used_bytes(), 0u);
  EXPECT_EQ(committed(), 0u);
}

TEST_F(page_ranges_test, keeps_nothing_warm_with_a_limit_of_zero) {
  page_ranges cold(memory, 200 * mebibyte, 8 * mebibyte, 0);
  for (const std::size_t bytes : {std::size_t{5000}, mebibyte, 8 * mebibyte}) {
    std::byte* const block = cold.allocate(bytes);
    std::memset(block, 1, bytes);
    cold.release(block, bytes);
    EXPECT_EQ(committed(), 0u);
  }
}

TEST_F(page_ranges_test, finds_room_between_warm_and_cold_pages) {
  std::byte* const low = ranges.allocate(3 * mebibyte);
  ranges.release(low, 3 * mebibyte);
  EXPECT_EQ(ranges.allocate(128 * mebibyte), memory.base() + mebibyte);
}

TEST_F(page_ranges_test, refuses_blocks_it_never_handed_out) {
  const std::byte outside{};
  EXPECT_THROW(ranges.release(&outside, 1), std::logic_error);
  EXPECT_THROW(ranges.release(memory.base(), 4096), std::logic_error) << "in the segment, but not in this area";
  EXPECT_THROW(ranges.release(memory.base() + mebibyte, 4096), std::logic_error);
  const std::byte* const block = ranges.allocate(64);
  EXPECT_THROW(ranges.release(block + 1, 64), std::logic_error);
  EXPECT_THROW(ranges.release(block + 64, 64), std::logic_error);
  EXPECT_THROW(ranges.release(block, 128), std::logic_error);
  EXPECT_THROW(ranges.release(block, SIZE_MAX), std::logic_error);
  ranges.release(block, 64);
  EXPECT_THROW(ranges.release(block, 64), std::logic_error);
}

TEST_F(page_ranges_test, refuses_an_area_that_is_not_in_the_segment) {
  EXPECT_THROW(page_ranges(memory, mebibyte, 256 * mebibyte), std::out_of_range);
  EXPECT_THROW(page_ranges(memory, 1, mebibyte), std::out_of_range);
}

TEST(page_ranges_in_private_memory, work_the_same) {
  segment memory(segment::home::process_private, 64 * mebibyte, mebibyte);
  page_ranges ranges(memory, 0, 64 * mebibyte);
  std::byte* const block = ranges.allocate(mebibyte);
  std::memset(block, 1, mebibyte);
  ranges.release(block, mebibyte);
  EXPECT_EQ(ranges.allocate(mebibyte), block);
}

RC_GTEST_PROP(page_ranges_property, never_hand_out_the_same_byte_twice_and_take_all_back, ()) {
  segment memory(segment::home::shared, 8 * mebibyte, mebibyte);
  page_ranges ranges(memory, 0, 8 * mebibyte, *rc::gen::element<std::size_t>(0, 100000, mebibyte, 4 * mebibyte));
  std::map<std::byte*, std::size_t> live;
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  std::size_t live_bytes = 0;
  for (int step = 0; step < 300; ++step) {
    if (live.empty() || random() % 5 < 3) {
      const std::size_t bytes = 1 + random() % (std::size_t{1} << (random() % 21));
      std::byte* block = nullptr;
      try {
        block = ranges.allocate(bytes);
      } catch (const std::bad_alloc&) {
        RC_ASSERT(live_bytes > 2 * mebibyte);
        continue;
      }
      const auto next = live.lower_bound(block);
      const bool ends_before_next = next == live.end() || block + bytes <= next->first;
      const bool starts_after_previous =
          next == live.begin() || std::prev(next)->first + std::prev(next)->second <= block;
      RC_ASSERT(ends_before_next);
      RC_ASSERT(starts_after_previous);
      block[0] = block[bytes - 1] = std::byte{1};
      live.emplace(block, bytes);
      live_bytes += bytes;
    } else {
      const auto victim = std::next(live.begin(), static_cast<std::ptrdiff_t>(random() % live.size()));
      ranges.release(victim->first, victim->second);
      live_bytes -= victim->second;
      live.erase(victim);
    }
  }
  for (const auto& [block, bytes] : live) ranges.release(block, bytes);
  RC_ASSERT(ranges.used_bytes() <= 6 * page_size());
  RC_ASSERT(ranges.allocate(8 * mebibyte) == memory.base());
}

}  // namespace
}  // namespace yoke::detail
