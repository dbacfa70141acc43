#include "capture/memory_map.hpp"

#include <cstdint>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace yoke::detail {
namespace {

constexpr const char* example =
    "55d0c0a00000-55d0c0a02000 r--p 00000000 fe:01 123456                     /usr/bin/my program\n"
    "55d0c0a02000-55d0c0a06000 r-xp 00002000 fe:01 123456                     /usr/bin/my program\n"
    "55d0c2000000-55d0c2021000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f0000000000-7f0000001000 ---p 00000000 00:00 0 \n"
    "7f0000001000-7f0000002000 rw-s 00010000 00:01 77                         /memfd:yoke (deleted)\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

TEST(memory_map, knows_each_field_of_a_line) {
  const memory_map map{std::string_view(example)};
  ASSERT_EQ(map.ranges().size(), 6u);
  const mapped_range& code = map.ranges()[1];
  EXPECT_EQ(code.begin, 0x55d0c0a02000u);
  EXPECT_EQ(code.end, 0x55d0c0a06000u);
  EXPECT_TRUE(code.readable);
  EXPECT_FALSE(code.writable);
  EXPECT_TRUE(code.executable);
  EXPECT_FALSE(code.shared);
  EXPECT_EQ(code.file_offset, 0x2000u);
  EXPECT_EQ(code.device, makedev(0xfe, 1));
  EXPECT_EQ(code.inode, 123456u);
  EXPECT_EQ(code.name, "/usr/bin/my program");
  EXPECT_TRUE(code.is_file());
}

TEST(memory_map, tells_files_from_other_memory_and_shared_from_private) {
  const memory_map map{std::string_view(example)};
  EXPECT_EQ(map.ranges()[2].name, "[heap]");
  EXPECT_FALSE(map.ranges()[2].is_file());
  EXPECT_EQ(map.ranges()[3].name, "");
  EXPECT_FALSE(map.ranges()[3].is_accessible());
  EXPECT_TRUE(map.ranges()[4].shared);
  EXPECT_EQ(map.ranges()[4].name, "/memfd:yoke (deleted)");
}

TEST(memory_map, finds_the_range_that_holds_an_address) {
  const memory_map map{std::string_view(example)};
  EXPECT_EQ(map.find(0x55d0c09fffff), nullptr);
  EXPECT_EQ(map.find(0x55d0c0a00000), &map.ranges()[0]);
  EXPECT_EQ(map.find(0x55d0c0a01fff), &map.ranges()[0]);
  EXPECT_EQ(map.find(0x55d0c0a02000), &map.ranges()[1]);
  EXPECT_EQ(map.find(0x55d0c0a06000), nullptr);
  EXPECT_EQ(map.find(UINTPTR_MAX), nullptr);
}

TEST(memory_map, leaves_out_lines_that_make_no_sense) {
  const memory_map map(
      std::string_view("\n\ngarbage\n123\n12-34\n20-10 r--p 0 0:0 0\n"
                       "1000-2000 rw-p 0 00:00 7 no newline at the end"));
  ASSERT_EQ(map.ranges().size(), 1u);
  EXPECT_EQ(map.ranges()[0].name, "no newline at the end");
  EXPECT_TRUE(memory_map(std::string_view()).ranges().empty());
}

TEST(memory_map, stays_valid_when_moved) {
  memory_map first{std::string_view(example)};
  const memory_map second = std::move(first);
  EXPECT_EQ(second.ranges()[0].name, "/usr/bin/my program");
}

TEST(memory_map, of_now_is_sorted_and_holds_code_stack_and_variables) {
  static int variable = 0;
  const int local = 0;
  const memory_map map = memory_map::read();
  std::uintptr_t last = 0;
  for (const mapped_range& range : map.ranges()) {
    EXPECT_LE(last, range.begin);
    last = range.end;
  }
  const mapped_range* const code = map.find(reinterpret_cast<std::uintptr_t>(&memory_map::read));
  ASSERT_NE(code, nullptr);
  EXPECT_TRUE(code->executable);
  struct stat file {};
  ASSERT_EQ(::stat(std::string(code->name).c_str(), &file), 0) << code->name;
  EXPECT_EQ(code->inode, file.st_ino);
  EXPECT_EQ(code->device, file.st_dev);
  const mapped_range* const stack = map.find(reinterpret_cast<std::uintptr_t>(&local));
  ASSERT_NE(stack, nullptr);
  EXPECT_TRUE(stack->writable);
  const mapped_range* const data = map.find(reinterpret_cast<std::uintptr_t>(&variable));
  ASSERT_NE(data, nullptr);
  EXPECT_TRUE(data->writable);
}

TEST(memory_map, can_be_read_in_any_thread) {
  std::thread([] { EXPECT_GT(memory_map::read().ranges().size(), 5u); }).join();
}

}  // namespace
}  // namespace yoke::detail
