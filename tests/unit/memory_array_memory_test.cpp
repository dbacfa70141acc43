#include "memory/array_memory.hpp"
#include "support/child_process.hpp"
#include "sys/memory_pressure.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace yoke::detail;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

class array_memory_of_segment : public testing::Test {
 protected:
  /// committed is how many bytes the system has given to the segment.
  [[nodiscard]] std::size_t committed() const {
    struct stat now {};
    ::fstat(home_->descriptor(), &now);
    return static_cast<std::size_t>(now.st_blocks) * 512;
  }

  std::shared_ptr<segment> home_ = std::make_shared<segment>(segment::home::shared, 256 * mebibyte, mebibyte);
  array_memory memory_{home_, {16 * mebibyte, home_->size() - 16 * mebibyte}};
};

}  // namespace

TEST_F(array_memory_of_segment, commits_what_is_used_and_gives_all_of_it_back) {
  std::byte* const block = memory_.take(10 * mebibyte, 100 * mebibyte, 64);
  EXPECT_EQ(committed(), 10 * mebibyte);
  memory_.resize(block, 10 * mebibyte, 20 * mebibyte);
  EXPECT_EQ(committed(), 20 * mebibyte);
  memory_.resize(block, 20 * mebibyte, mebibyte + 1);
  EXPECT_EQ(committed(), mebibyte + page_size());
  memory_.release(block);
  EXPECT_EQ(committed(), 0U);
}

TEST_F(array_memory_of_segment, does_not_fall_to_pieces) {
  for (int round = 0; round < 100; ++round) {
    std::vector<std::byte*> blocks;
    for (std::size_t size = 1; size < 100; ++size)
      blocks.push_back(memory_.take(size * 3000, size * 7000, size % 2 == 0 ? 64 : 65'536));
    std::rotate(blocks.begin(), blocks.begin() + 37, blocks.end());
    for (std::byte* const block : blocks) memory_.release(block);
  }
  EXPECT_EQ(committed(), 0U);
  std::byte* const all = memory_.take(1, memory_.range().size(), 64);
  EXPECT_EQ(all, memory_.range().data());
  memory_.release(all);
}

TEST_F(array_memory_of_segment, hands_out_zeros_whatever_was_written_where_nothing_was) {
  std::fill_n(memory_.range().data(), mebibyte, std::byte{7});
  const std::byte* const block = memory_.take(mebibyte, 2 * mebibyte, 64);
  EXPECT_EQ(std::count(block, block + mebibyte, std::byte{0}), static_cast<std::ptrdiff_t>(mebibyte));
}

TEST_F(array_memory_of_segment, knows_what_lies_in_a_block) {
  std::byte* const block = memory_.take(3 * page_size(), 9 * page_size(), 64);
  EXPECT_TRUE(memory_.holds({block, 3 * page_size()}));
  EXPECT_TRUE(memory_.holds({block + page_size(), 1}));
  EXPECT_FALSE(memory_.holds({block, 3 * page_size() + 1}));
  EXPECT_FALSE(memory_.holds({block + 4 * page_size(), 1}));
  EXPECT_FALSE(memory_.holds({home_->base(), 1}));
  EXPECT_TRUE(memory_.contains({block + 4 * page_size(), 1}));
  memory_.release(block);
  EXPECT_FALSE(memory_.holds({block, 1}));
}

TEST_F(array_memory_of_segment, is_left_alone_by_a_forked_copy) {
  std::byte* const block = memory_.take(mebibyte, mebibyte, 64);
  block[5] = std::byte{5};
  yoke_test::child_process child{[&] {
    memory_.release(block);
    return 0;
  }};
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(block[5], std::byte{5});
  memory_.release(block);
}

TEST_F(array_memory_of_segment, says_what_there_is_when_it_has_no_room) {
  const auto message = [&](std::size_t bytes) -> std::string {
    try {
      memory_.take(bytes, bytes, 64);
    } catch (const out_of_memory& lack) {
      return lack.what();
    }
    return "taken";
  };
  EXPECT_EQ(message(300 * mebibyte),
            "a shared array of 300 MiB is larger than the 240 MiB of addresses that the pool has for all of them");
  std::byte* const before = memory_.take(1, 100 * mebibyte, 64);
  std::byte* const middle = memory_.take(1, 1, 64);
  memory_.release(before);
  EXPECT_THAT(message(200 * mebibyte), testing::HasSubstr("have no room for one of 200 MiB: 239 MiB of 240 MiB"));
  memory_.release(middle);
  EXPECT_EQ(message(200 * mebibyte), "taken");
}

TEST(array_memory, asks_for_no_more_than_the_machine_has) {
  const std::uint64_t more = memory_available() + 1024 * mebibyte;
  for (const auto where : {segment::home::shared, segment::home::process_private}) {
    const auto home = std::make_shared<segment>(where, more / mebibyte * mebibyte + mebibyte, mebibyte);
    if (home->size() < more) continue;  // a limit on addresses comes first
    array_memory memory{home, {0, home->size()}};
    EXPECT_THROW(memory.take(more, more, 64), out_of_memory);
    EXPECT_NE(memory.take(1, more, 64), nullptr) << "addresses are not memory";
  }
}
