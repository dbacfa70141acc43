#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/number_source.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page page;
enum : std::size_t { kills, running };

std::uint64_t killed_now_and_then(std::uint64_t item) {
  if (item % 50 == 17 && page[kills] < item) {
    page[kills] = item;
    ::raise(SIGKILL);
  }
  return item * item;
}

std::uint64_t bad_ones_abort(std::uint64_t item) {
  if (item % 10 == 3) std::abort();
  return item;
}

std::uint64_t hangs(std::uint64_t item) {
  if (item > 0) {
    ++page[running];
    std::this_thread::sleep_for(1h);
  }
  return item;
}

class stream_of_process_pool : public testing::Test {
 protected:
  void SetUp() override { page.clear(); }

  yoke::pool pool{{.workers = 2}};
};

}  // namespace

TEST_F(stream_of_process_pool, loses_nothing_when_workers_are_killed_in_the_middle) {
  for (const int chunk : {1, 20, 100}) {
    page.clear();
    std::uint64_t item = 0;
    for (const auto result : pool.imap(number_source{500}, killed_now_and_then, {.chunk = chunk})) {
      EXPECT_EQ(result, item * item);
      ++item;
    }
    EXPECT_EQ(item, 500U);
    EXPECT_EQ(page[kills], 467U);
  }
}

TEST_F(stream_of_process_pool, loses_nothing_of_items_of_any_length_when_workers_are_killed) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 300; ++i) texts.emplace_back(i * 13 % 47, static_cast<char>('a' + i % 26));
  const auto fragile = [](const std::string& text) {
    if (text.size() == 40 && page[kills]++ % 2 == 0) ::raise(SIGKILL);
    return text + '.';
  };
  std::vector<std::string> expected;
  for (const auto& text : texts) expected.push_back(text + '.');
  EXPECT_EQ(all_of_stream(pool.imap(texts, fragile, {.chunk = 16})), expected);
  EXPECT_GT(page[kills], 1U);
}

TEST_F(stream_of_process_pool, names_the_item_that_was_killed_where_nothing_runs_again) {
  std::uint64_t item = 0;
  try {
    for (const auto result :
         pool.imap(number_source{100}, killed_now_and_then, {.chunk = 10, .rerun = yoke::rerun::never})) {
      EXPECT_EQ(result, item * item);
      ++item;
    }
    FAIL() << "no error";
  } catch (const yoke::worker_lost& error) {
    EXPECT_EQ(error.item(), 17U);
    EXPECT_EQ(error.signal(), SIGKILL);
  }
  EXPECT_EQ(item, 17U);
}

TEST_F(stream_of_process_pool, outcomes_go_on_behind_items_that_crash) {
  std::uint64_t item = 0;
  for (auto& each : pool.imap(number_source{60}, bad_ones_abort, yoke::outcomes, {.chunk = 7})) {
    EXPECT_EQ(each.index(), item);
    EXPECT_EQ(each.has_value(), item % 10 != 3);
    if (!each) {
      EXPECT_THROW(each.value(), yoke::worker_lost);
    }
    ++item;
  }
  EXPECT_EQ(item, 60U);
}

TEST_F(stream_of_process_pool, runs_an_item_that_crashes_as_often_as_it_is_told) {
  const auto crashes_once = [](std::uint64_t item) {
    if (item == 5 && page[kills]++ == 0) std::abort();
    return item;
  };
  EXPECT_EQ(all_of_stream(pool.imap(number_source{20}, crashes_once, {.attempts = 2})).size(), 20U);
  EXPECT_EQ(page[kills], 2U);
}

TEST_F(stream_of_process_pool, ends_an_item_at_its_deadline) {
  const auto hangs_at_4 = [](std::uint64_t item) {
    if (item == 4) std::this_thread::sleep_for(1h);
    return item;
  };
  std::uint64_t item = 0;
  for (auto& each : pool.imap(number_source{20}, hangs_at_4, yoke::outcomes, {.chunk = 3, .deadline = 50ms})) {
    EXPECT_EQ(each.index(), item);
    if (item++ == 4) {
      EXPECT_THROW(each.value(), yoke::task_timeout);
    } else {
      EXPECT_TRUE(each.has_value());
    }
  }
  EXPECT_EQ(item, 20U);
}

TEST_F(stream_of_process_pool, ends_items_that_run_when_it_is_left) {
  for (const auto result : pool.imap(number_source{}, hangs, {.chunk = 1})) {
    EXPECT_EQ(result, 0U);
    while (page[running] == 0) std::this_thread::sleep_for(1ms);
    break;
  }
  EXPECT_TRUE(works(pool));
}

TEST_F(stream_of_process_pool, ends_items_that_run_when_the_pool_is_destroyed) {
  std::optional<yoke::pool> ended{std::in_place, yoke::pool_options{.workers = 2}};
  auto stream = ended->imap(number_source{}, hangs, {.chunk = 1});
  EXPECT_EQ(*stream.begin(), 0U);
  ended.reset();
  EXPECT_THROW(++stream.begin(), yoke::pool_shut_down);
}

TEST_F(stream_of_process_pool, is_refused_in_a_forked_copy_and_may_be_destroyed_there) {
  auto stream = std::make_unique<decltype(pool.imap(number_source{}, square))>(pool.imap(number_source{}, square));
  EXPECT_NE(stream->begin(), stream->end());
  child_process copy{[&] {
    try {
      for (auto at = stream->begin(); at != stream->end(); ++at) {
      }
    } catch (const yoke::forked_copy&) {
      stream.reset();
      return 7;
    }
    return 1;
  }};
  EXPECT_EQ(copy.wait(), 7);
  std::uint64_t more = 0;
  for (const auto result : *stream) {
    EXPECT_GE(result, 0U);
    if (++more == 100) break;
  }
  EXPECT_EQ(more, 100U);
}
