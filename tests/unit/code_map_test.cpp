#include "start/code_map.hpp"

#include <yoke/detail/chunk_call.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

#include <gnu/libc-version.h>
#include <gtest/gtest.h>

namespace yoke::detail {
namespace {

constexpr std::uintptr_t far_away = 0x1234'5000'0000;

int a_function() { return 7; }
const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(&a_function);

/// The images of a process that has the same ones at other addresses.
std::vector<image_note> images_elsewhere() {
  std::vector<image_note> notes;
  for (image_identity image : loaded_images()) {
    image.begin += far_away;
    image.end += far_away;
    notes.push_back({.image = image});
  }
  return notes;
}

image_note& note_of(std::vector<image_note>& notes, std::string_view name) {
  return *std::find_if(notes.begin(), notes.end(),
                       [&](const image_note& note) { return note.image.name().find(name) != std::string_view::npos; });
}

}  // namespace

TEST(loaded_images, begin_with_the_program_and_tell_builds_apart) {
  const auto images = loaded_images();
  ASSERT_GE(images.size(), 3U);
  EXPECT_TRUE(images.front().is_program);
  EXPECT_EQ(images.front().name(), "unit_tests");
  EXPECT_TRUE(images.front().begin <= address && address < images.front().end);
  for (const image_identity& image : images) {
    EXPECT_GT(image.id_bytes, 0U) << image.name();
    EXPECT_EQ(std::count_if(images.begin(), images.end(),
                            [&](const image_identity& other) { return other.is_same_build(image); }),
              1)
        << image.name();
  }
}

TEST(code_map, finds_code_where_it_is_here) {
  auto notes = images_elsewhere();
  const code_map map{notes};
  EXPECT_TRUE(std::all_of(notes.begin(), notes.end(), [](const image_note& note) { return note.found == note.same; }));
  const auto libc_version_here = reinterpret_cast<std::uintptr_t>(&::gnu_get_libc_version);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(map.here(address + far_away), address);
    EXPECT_EQ(map.here(libc_version_here + far_away), libc_version_here);
  }
}

TEST(code_map, has_nothing_for_addresses_outside_of_all_images) {
  auto notes = images_elsewhere();
  const code_map map{notes};
  EXPECT_EQ(map.here(0), 0U);
  EXPECT_EQ(map.here(notes.front().image.begin - 1), 0U);
  EXPECT_EQ(map.here(far_away / 2), 0U);
}

TEST(code_map, has_nothing_for_another_build_or_a_library_that_is_not_here) {
  auto notes = images_elsewhere();
  note_of(notes, "libc.so").image.id[0] ^= std::byte{1};
  image_note& absent = note_of(notes, "libstdc++");
  absent.image.id[0] ^= std::byte{1};
  absent.image.file_name = {'x'};
  const code_map map{notes};
  EXPECT_EQ(note_of(notes, "libc.so").found, image_note::other_build);
  EXPECT_EQ(absent.found, image_note::absent);
  EXPECT_EQ(map.here(reinterpret_cast<std::uintptr_t>(&::gnu_get_libc_version) + far_away), 0U);
  EXPECT_EQ(map.here(address + far_away), address);
}

TEST(image_note, is_acceptable_unless_a_build_differs_that_must_not) {
  image_note note{.image = {.is_program = true}, .found = image_note::other_build};
  EXPECT_FALSE(note.is_acceptable(false));
  EXPECT_TRUE(note.is_acceptable(true));
  note.image.is_program = false;
  EXPECT_FALSE(note.is_acceptable(true));
  note.found = image_note::absent;
  EXPECT_TRUE(note.is_acceptable(false));
}

}  // namespace yoke::detail
