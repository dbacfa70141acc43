#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
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

/// mappings_of counts this process's mappings of a file.
int mappings_of(const std::string& file) {
  std::ifstream maps{"/proc/self/maps"};
  int count = 0;
  for (std::string line; std::getline(maps, line);) count += line.ends_with(file) ? 1 : 0;
  return count;
}

/// more_descriptors lets this process open as many, as long as it exists.
class more_descriptors {
 public:
  explicit more_descriptors(rlim_t wanted) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit more{.rlim_cur = std::min(std::max(wanted, before_.rlim_cur), before_.rlim_max),
                      .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &more);
  }
  more_descriptors(const more_descriptors&) = delete;
  more_descriptors& operator=(const more_descriptors&) = delete;
  ~more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
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

TEST_P(mapped_file_of_process_pool, costs_a_worker_no_memory_for_ever) {
  const std::string name = folder_.file("text", "some text");
  const yoke::mapped_file before{name};
  yoke::pool pool{{.workers = 1, .start = GetParam()}};
  for (int round = 0; round < 1300; ++round) {
    const yoke::mapped_file file{name};
    EXPECT_EQ(pool.submit([](const yoke::file_view& all) { return all.size() + all.text().size(); }, file.view()).get(),
              18U);
  }
  EXPECT_LE(pool.submit(mappings_of, name).get(), 1001);
}

TEST_P(mapped_file_of_process_pool, stays_mapped_while_a_task_uses_it_along_with_many) {
  const more_descriptors enough{4000};
  const std::string name = folder_.file("text", "x");
  std::vector<yoke::mapped_file> files;
  std::vector<yoke::file_view> views;
  for (int number = 0; number < 1100; ++number) views.push_back(files.emplace_back(name).view());
  const auto sum = [](const std::vector<yoke::file_view>& all) {
    std::vector<std::string_view> texts;
    for (const yoke::file_view& each : all) texts.push_back(each.text());
    return std::ranges::count_if(texts, [](std::string_view text) { return text == "x"; });
  };
  EXPECT_EQ(pool_.submit(sum, views).get(), 1100);
}
