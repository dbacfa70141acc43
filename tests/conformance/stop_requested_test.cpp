#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { started, left };

/// polite waits until it is asked to stop, 10 s at most.
int polite(int item) {
  ++seen[started];
  for (int turn = 0; turn < 10'000; ++turn) {
    if (yoke::stop_requested()) {
      ++seen[left];
      return -item;
    }
    std::this_thread::sleep_for(1ms);
  }
  return item;
}

void wait_until_started() {
  while (seen[started] == 0) std::this_thread::yield();
}

}  // namespace

class stop_requested_contract : public on_backend {
 protected:
  void SetUp() override { seen.clear(); }
};
INSTANTIATE_TEST_SUITE_P(backends, stop_requested_contract, every_backend, setting_name);

TEST_P(stop_requested_contract, nothing_is_to_stop_without_a_reason) {
  EXPECT_FALSE(yoke::stop_requested());
  EXPECT_EQ(pool.map(first_integers(100), [](int) { return yoke::stop_requested(); }), std::vector<bool>(100, false));
  EXPECT_FALSE(pool.submit([] { return yoke::stop_requested(); }).get());
}

TEST_P(stop_requested_contract, a_cancelled_call_asks_its_items_to_stop) {
  std::jthread canceller{[this] {
    wait_until_started();
    pool.cancel();
  }};
  EXPECT_THROW(pool.map(first_integers(20), polite, {.chunk = 1}), yoke::cancelled);
  EXPECT_GE(seen[left], 1U);
  EXPECT_EQ(seen[left], seen[started]);
}

TEST_P(stop_requested_contract, a_task_that_has_not_begun_never_does) {
  std::vector<yoke::future<int>> before;
  for (int worker = 0; worker < 200; ++worker) before.push_back(pool.submit(polite, worker));
  auto one = pool.submit(polite, 1);
  EXPECT_TRUE(one.request_stop());
  EXPECT_THROW(one.get(), yoke::cancelled);
  for (auto& each : before) each.request_stop();
}

TEST_P(stop_requested_contract, a_task_that_is_done_cannot_be_asked) {
  auto one = pool.submit([] { return 1; });
  one.wait();
  EXPECT_FALSE(one.request_stop());
  EXPECT_EQ(one.get(), 1);
}

class stop_requested_of_running_tasks : public stop_requested_contract {};
INSTANTIATE_TEST_SUITE_P(backends, stop_requested_of_running_tasks,
                         testing::ValuesIn(with_exec(settings({yoke::backend::threads, yoke::backend::processes}))),
                         setting_name);

TEST_P(stop_requested_of_running_tasks, a_task_that_runs_may_leave_with_a_result) {
  auto one = pool.submit(polite, 7);
  wait_until_started();
  EXPECT_TRUE(one.request_stop());
  EXPECT_EQ(one.get(), -7);
  EXPECT_EQ(pool.submit([] { return yoke::stop_requested() ? 1 : 0; }).get(), 0) << "the next one is not meant";
}

TEST_P(stop_requested_of_running_tasks, several_are_asked_together) {
  std::vector<yoke::future<int>> all;
  for (int item = 1; item <= 3; ++item) all.push_back(pool.submit(polite, item));
  wait_until_started();
  auto joint = yoke::when_all(std::move(all));
  EXPECT_TRUE(joint.request_stop());
  try {
    EXPECT_EQ(joint.get(), (std::vector{-1, -2, -3}));
  } catch (const yoke::cancelled&) {
    EXPECT_LT(seen[started], 3U) << "those that had not begun";
  }
}

TEST_P(stop_requested_of_running_tasks, all_that_have_begun_learn_of_it_however_early) {
  for (int turn = 0; turn < 300; ++turn) {
    seen.clear();
    std::vector<yoke::future<int>> all;
    for (int item = 1; item <= 3; ++item) all.push_back(pool.submit(polite, item));
    wait_until_started();
    for (auto& each : all) each.request_stop();
    for (auto& each : all) {
      try {
        EXPECT_LT(each.get(), 0) << "it ran on";
      } catch (const yoke::cancelled&) {
      }
    }
  }
}

TEST_P(stop_requested_of_running_tasks, a_pool_inside_a_task_stops_with_it) {
  auto one = pool.submit([] {
    yoke::pool inner{yoke::backend::serial};
    return inner.map(std::vector{7}, polite).front();
  });
  wait_until_started();
  EXPECT_TRUE(one.request_stop());
  EXPECT_EQ(one.get(), -7);
}

class stop_requested_on_processes : public stop_requested_contract {};
INSTANTIATE_TEST_SUITE_P(backends, stop_requested_on_processes, processes_only, setting_name);

TEST_P(stop_requested_on_processes, an_item_learns_that_its_deadline_is_over) {
  EXPECT_THROW(pool.map(std::vector{1}, polite, {.deadline = 20ms}), yoke::task_timeout);
  EXPECT_EQ(seen[left], 1U);
  EXPECT_EQ(pool.map(std::vector{1}, [](int) { return yoke::stop_requested(); }), std::vector<bool>{false});
}

TEST_P(stop_requested_on_processes, a_task_that_dies_on_the_request_does_not_begin_again) {
  auto one = pool.submit({.rerun = yoke::rerun::external, .attempts = 5}, [] {
    static_cast<void>(polite(1));
    std::raise(SIGKILL);
  });
  wait_until_started();
  EXPECT_TRUE(one.request_stop());
  EXPECT_THROW(one.get(), yoke::cancelled);
  EXPECT_EQ(seen[started], 1U);
}

TEST_P(stop_requested_on_processes, workers_of_a_pool_inside_a_task_look_at_what_is_theirs) {
  const auto inner_items = [] {
    yoke::pool inner{{.backend = yoke::backend::processes, .workers = 1, .initializer = [] {
                        if (yoke::stop_requested()) throw std::logic_error{"nobody asked"};
                      }}};
    const auto asked = inner.map(std::vector{1, 2}, [](int) { return yoke::stop_requested() ? 1 : 0; });
    return asked.front() + asked.back();
  };
  EXPECT_EQ(pool.submit(inner_items).get(), 0);
}
