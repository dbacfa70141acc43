#include "conformance.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace yoke_test;
using testing::HasSubstr;

namespace {

std::string lines(int count) {
  std::string text;
  for (int line = 0; line < count; ++line) text += std::to_string(line) + '\n';
  return text;
}

std::size_t line_count(const yoke::file_view& block) {
  return static_cast<std::size_t>(std::ranges::count(block.text(), '\n'));
}

template <class Call>
std::string message(const Call& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

class mapped_file_contract : public on_backend {
 protected:
  temporary_folder folder;
};
INSTANTIATE_TEST_SUITE_P(backends, mapped_file_contract, every_backend, setting_name);

TEST_P(mapped_file_contract, tasks_read_blocks_of_whole_lines) {
  const yoke::mapped_file file{folder.file("lines", lines(10'000))};
  const auto blocks = file.blocks(1000);
  EXPECT_GT(blocks.size(), 40U);
  for (const yoke::file_view& block : blocks) EXPECT_EQ(block.text().back(), '\n');
  const auto counts = pool.map(blocks, line_count);
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), 10'000U);
}

TEST_P(mapped_file_contract, tasks_capture_a_view) {
  const yoke::mapped_file file{folder.file("text", "house and boat")};
  const auto letters =
      pool.map(first_integers(5), [view = file.view()](int at) { return view.text()[static_cast<std::size_t>(at)]; });
  EXPECT_EQ(std::string(letters.begin(), letters.end()), "house");
  EXPECT_EQ(pool.submit([](const yoke::file_view& all) { return std::string{all.text()}; }, file.view()).get(),
            "house and boat");
}

TEST_P(mapped_file_contract, a_file_that_was_removed_since_is_read_all_the_same) {
  const std::string name = folder.file("text", "still here");
  const yoke::mapped_file file{name};
  std::filesystem::remove(name);
  folder.file("text", "something else");
  EXPECT_EQ(pool.submit([](const yoke::file_view& all) { return std::string{all.text()}; }, file.view()).get(),
            "still here");
}

TEST_P(mapped_file_contract, many_files_are_told_apart) {
  std::vector<yoke::mapped_file> files;
  for (int number = 0; number < 50; ++number) {
    files.emplace_back(folder.file("f" + std::to_string(number), std::to_string(number)));
  }
  std::vector<yoke::file_view> views;
  for (int turn = 0; turn < 4; ++turn) {
    for (const auto& each : files) views.push_back(each.view());
  }
  const auto read = pool.map(views, [](const yoke::file_view& all) { return std::stoi(std::string{all.text()}); });
  for (std::size_t k = 0; k < read.size(); ++k) EXPECT_EQ(read[k], static_cast<int>(k % 50));
}

TEST_P(mapped_file_contract, a_view_of_a_file_that_is_gone_is_an_error) {
  yoke::file_view view;
  {
    const yoke::mapped_file file{folder.file("text", "gone")};
    view = file.view();
  }
  EXPECT_THAT(message([&] { pool.map(std::vector{view}, line_count); }), HasSubstr("mapped_file of this view is gone"));
}

TEST_P(mapped_file_contract, a_view_of_a_file_that_is_gone_opens_no_other_file_in_its_place) {
  const std::string pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  yoke::file_view view;
  {
    const yoke::mapped_file file{folder.file("text", "gone")};
    view = file.view();
  }
  const int same_number = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // opened again, it would wait
  EXPECT_THAT(message([&] { pool.map(std::vector{view}, line_count); }), HasSubstr("mapped_file of this view is gone"));
  ::close(same_number);
}

TEST_P(mapped_file_contract, an_empty_file_has_no_blocks) {
  const yoke::mapped_file file{folder.file("empty", "")};
  EXPECT_EQ(file.size(), 0U);
  EXPECT_TRUE(file.blocks().empty());
  EXPECT_EQ(pool.map(std::vector{file.view()}, line_count), std::vector{std::size_t{0}});
}

TEST(mapped_file, may_be_moved) {
  const temporary_folder folder;
  yoke::mapped_file one{folder.file("text", "moved")};
  yoke::mapped_file other{std::move(one)};
  EXPECT_EQ(other.text(), "moved");
  other = yoke::mapped_file{folder.file("next", "assigned")};
  EXPECT_EQ(other.text(), "assigned");
}

TEST(mapped_file, blocks_end_where_lines_do) {
  const temporary_folder folder;
  const yoke::mapped_file file{folder.file("text", "a\nbb\n" + std::string(100, 'c') + "\nd")};
  std::vector<std::string> texts;
  for (const auto& block : file.blocks(3)) texts.emplace_back(block.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"a\nbb\n", std::string(100, 'c') + "\n", "d"}));
  EXPECT_EQ(file.blocks().size(), 1U);
  EXPECT_EQ(file.blocks(1, 'd').size(), 1U);
  EXPECT_THROW(static_cast<void>(file.blocks(0)), std::invalid_argument);
}

TEST(mapped_file, has_parts_inside_itself_only) {
  const temporary_folder folder;
  const yoke::mapped_file file{folder.file("text", "house")};
  EXPECT_EQ(file.view().part(1, 3).part(1, 2).text(), "us");
  EXPECT_TRUE(file.view().part(5, 0).empty());
  EXPECT_THROW(static_cast<void>(file.view().part(3, 3)), std::out_of_range);
  EXPECT_THROW(static_cast<void>(file.view().part(6, 0)), std::out_of_range);
}

TEST(mapped_file, what_cannot_be_mapped_is_named_with_the_cause) {
  const temporary_folder folder;
  const std::string missing = folder.path() / "missing";
  EXPECT_THAT(message([&] { yoke::mapped_file{missing}; }), HasSubstr("cannot map " + missing));
  EXPECT_THAT(message([&] { yoke::mapped_file{folder.path()}; }), HasSubstr("Is a directory"));
  const std::string pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(message([&] { yoke::mapped_file{pipe}; }), HasSubstr("no regular file; read it, and use imap"));
}
