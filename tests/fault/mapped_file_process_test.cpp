#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { killed };

class mapped_file_of_process_pool : public testing::TestWithParam<yoke::start> {
 protected:
  void SetUp() override { seen.clear(); }

  yoke_test::temporary_folder folder_;
  yoke::pool pool_{{.workers = 2, .start = GetParam()}};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(starts, mapped_file_of_process_pool, testing::Values(yoke::start::fork, yoke::start::exec));

TEST_P(mapped_file_of_process_pool, is_read_by_the_workers_that_take_the_place_of_killed_ones) {
  const yoke::mapped_file file{folder_.file("text", std::string(100'000, 'x'))};
  const auto views = std::vector<yoke::file_view>(200, file.view());
  const auto sizes = pool_.map(views,
                               [](const yoke::file_view& all) {
                                 const bool whole = all.text().find_first_not_of('x') == std::string_view::npos;
                                 if (seen[killed].fetch_add(1) % 20 == 10) ::raise(SIGKILL);
                                 return whole ? all.size() : 0;
                               },
                               {.chunk = 3});
  EXPECT_EQ(sizes, std::vector<std::uint64_t>(200, 100'000));
}

TEST_P(mapped_file_of_process_pool, that_became_shorter_costs_the_item_that_reads_behind_its_end) {
  const std::string name = folder_.file("text", std::string(1'000'000, 'x'));
  const yoke::mapped_file file{name};
  std::filesystem::resize_file(name, 10);
  const std::vector<yoke::file_view> parts{file.view().part(0, 10), file.view().part(900'000, 10)};
  try {
    pool_.map(parts, [](const yoke::file_view& part) { return part.text().front(); });
    FAIL() << "no error";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 1U);
    EXPECT_EQ(lost.signal(), SIGBUS);
    EXPECT_NE(std::string{lost.what()}.find("a mapped file that has become shorter"), std::string::npos);
  }
}
