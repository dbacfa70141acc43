#include "conformance.hpp"
#include "support/number_source.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page page;
enum : std::size_t { read };

std::uint64_t same(std::uint64_t item) { return item; }

/// reading_thread reads a stream slowly, and says how that ended: "end", "shut down" or "cancelled".
class reading_thread {
 public:
  reading_thread(yoke::pool& pool, std::uint64_t items)
      : thread_{[this, &pool, items] {
          try {
            for (const auto item : pool.imap(number_source{items}, same, {.chunk = 1, .window = 4})) {
              if (item == 3) page[read] = 1;
              std::this_thread::sleep_for(1ms);
            }
          } catch (const yoke::pool_shut_down&) {
            end_ = "shut down";
          } catch (const yoke::cancelled&) {
            end_ = "cancelled";
          }
        }} {
    while (page[read] == 0) std::this_thread::sleep_for(1ms);
  }
  ~reading_thread() { static_cast<void>(end()); }
  reading_thread(const reading_thread&) = delete;
  reading_thread& operator=(const reading_thread&) = delete;

  const std::string& end() {
    if (thread_.joinable()) thread_.join();
    return end_;
  }

 private:
  std::string end_ = "end";
  std::thread thread_;
};

template <class Stream>
std::string text_of_next_steps(Stream& stream) {
  try {
    for (auto at = stream.begin(); at != stream.end(); ++at) {
    }
  } catch (const yoke::pool_shut_down& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

class ending_with_streams : public on_backend {
 protected:
  void SetUp() override { page.clear(); }
};
INSTANTIATE_TEST_SUITE_P(backends, ending_with_streams, every_backend, setting_name);

TEST_P(ending_with_streams, join_lets_the_streams_of_other_threads_end) {
  reading_thread other{pool, 30};
  pool.join();
  EXPECT_EQ(other.end(), "end");
}

TEST_P(ending_with_streams, join_with_a_stream_of_its_own_open_says_so_and_ends_nothing) {
  auto stream = pool.imap(number_source{20}, same, {.chunk = 1});
  EXPECT_EQ(*stream.begin(), 0U);
  EXPECT_THROW(pool.join(), std::logic_error);
  EXPECT_THROW(pool.join_for(1h), std::logic_error);
  std::uint64_t items = 0;
  for (const auto item : stream) EXPECT_EQ(item, items++);
  EXPECT_EQ(items, 20U);
  pool.join();
}

TEST_P(ending_with_streams, a_stream_that_ended_or_failed_is_not_open_any_more) {
  auto ended = pool.imap(number_source{5}, same);
  EXPECT_EQ(all_of_stream(ended).size(), 5U);
  auto failed = pool.imap(number_source{5, 3}, same);
  EXPECT_THROW(all_of_stream(failed), std::domain_error);
  auto threw = pool.imap(number_source{}, [](std::uint64_t) -> int { throw std::domain_error("task"); });
  EXPECT_THROW(all_of_stream(threw), std::domain_error);
  pool.join();
  EXPECT_EQ(failed.begin(), failed.end());
}

TEST_P(ending_with_streams, join_for_too_short_a_time_ends_what_is_left) {
  reading_thread other{pool, number_source::endless};
  EXPECT_FALSE(pool.join_for(20ms));
  EXPECT_EQ(other.end(), "shut down");
}

TEST_P(ending_with_streams, stop_ends_a_stream_that_is_being_read) {
  reading_thread other{pool, number_source::endless};
  pool.stop();
  EXPECT_EQ(other.end(), "shut down");
}

TEST_P(ending_with_streams, stop_overtakes_a_join_that_waits_for_a_stream) {
  reading_thread other{pool, number_source::endless};
  std::thread joins{[this] { pool.join(); }};
  pool.stop();
  joins.join();
  EXPECT_EQ(other.end(), "shut down");
}

TEST_P(ending_with_streams, the_next_step_after_a_stop_says_so_and_then_the_stream_has_ended) {
  auto stream = pool.imap(number_source{}, same, {.chunk = 1});
  EXPECT_EQ(*stream.begin(), 0U);
  auto unread = pool.imap(number_source{}, same);
  pool.stop();
  EXPECT_NE(text_of_next_steps(stream).find("stopped"), std::string::npos);
  EXPECT_EQ(stream.begin(), stream.end());
  EXPECT_NE(text_of_next_steps(unread).find("stopped"), std::string::npos);
  EXPECT_THROW(static_cast<void>(pool.imap(number_source{}, same)), yoke::pool_shut_down);
}

TEST_P(ending_with_streams, a_stream_may_outlive_its_pool_and_says_so) {
  auto ended = std::make_unique<yoke::pool>(std::move(pool));
  auto stream = ended->imap(number_source{}, same, {.chunk = 1});
  auto in_order_of_end = ended->imap_unordered(number_source{}, same);
  auto unread = ended->imap(number_source{}, same);
  EXPECT_EQ(*stream.begin(), 0U);
  EXPECT_NE(in_order_of_end.begin(), in_order_of_end.end());
  ended.reset();
  EXPECT_NE(text_of_next_steps(stream).find("destroyed while the stream was open"), std::string::npos);
}

TEST_P(ending_with_streams, the_destructor_ends_the_streams_of_other_threads) {
  auto ended = std::make_unique<yoke::pool>(std::move(pool));
  reading_thread other{*ended, number_source::endless};
  ended.reset();
  EXPECT_EQ(other.end(), "shut down");
}

TEST_P(ending_with_streams, cancel_ends_open_streams_and_leaves_the_pool) {
  auto stream = pool.imap(number_source{}, same, {.chunk = 1});
  EXPECT_EQ(*stream.begin(), 0U);
  pool.cancel();
  EXPECT_THROW(for (const auto item : stream) static_cast<void>(item), yoke::cancelled);
  EXPECT_EQ(stream.begin(), stream.end());
  EXPECT_EQ(all_of_stream(pool.imap(number_source{3}, same)), (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST_P(ending_with_streams, a_stream_may_be_passed_to_another_thread) {
  auto stream = pool.imap(number_source{}, same, {.chunk = 1});
  std::thread{[taken = std::move(stream)]() mutable {
    std::uint64_t items = 0;
    for (const auto item : taken) {
      EXPECT_EQ(item, items);
      if (++items == 50) break;
    }
  }}.join();
  pool.join();
}
