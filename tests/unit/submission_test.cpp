#include "engine/submission.hpp"

#include <yoke/detail/submit_task.hpp>
#include <yoke/errors.hpp>
#include <yoke/future.hpp>

#include "engine/engine.hpp"
#include "support/fake_backend.hpp"

#include <csignal>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace yoke::detail;
using namespace yoke_test;

namespace {

/// tasks_on submits tasks to an engine on a fake backend, as a pool does.
class tasks_on {
 public:
  explicit tasks_on(fake_backend& workers)
      : jobs_{workers}, tasks_{new submission{jobs_, workers, never_cancelled, alive_}} {
    jobs_.submit(*tasks_);
  }
  tasks_on(const tasks_on&) = delete;
  tasks_on& operator=(const tasks_on&) = delete;
  ~tasks_on() {
    end();
    tasks_->drop_reference();
  }

  template <class Function, class... Arguments>
  auto submit(const task_rules& rules, Function function, Arguments... arguments) {
    using result = task_result<Function, Arguments...>;
    auto* const one = new task_of<result, Function, Arguments...>(std::move(function), std::move(arguments)...);
    state_pointer held{one};
    accepted = tasks_->push(*one, rules);
    return future_access::make<yoke::future<result>>(std::move(held));
  }

  void end() {
    tasks_->finish();
    jobs_.drive(for_ever, [this] { return tasks_->is_settled(); });
  }

  [[nodiscard]] engine& jobs() { return jobs_; }

  bool accepted = true;

 private:
  std::shared_ptr<const void> alive_ = std::make_shared<int>();
  engine jobs_;
  submission* tasks_;
};

std::string shown(int item) { return std::to_string(item); }

int odd_ones_throw(int item) {
  if (item % 2 == 1) throw std::out_of_range{shown(item)};
  return item;
}

}  // namespace

RC_GTEST_PROP(submission, settles_every_task_right_whatever_the_backend_does, ()) {
  fake_backend workers{{.seed = *rc::gen::arbitrary<std::uint32_t>(),
                        .workers = *rc::gen::inRange<std::size_t>(1, 5),
                        .room = *rc::gen::inRange<std::size_t>(1, 20),
                        .refuses = 0.2,
                        .delays = 0.3,
                        .returns = 0.2,
                        .repeats = 0.2,
                        .dies_after = 0.2,
                        .out_of_memory = 0.1,
                        .shuffles = true}};
  tasks_on pool{workers};
  const int count = *rc::gen::inRange(1, 400);
  const bool polls = *rc::gen::arbitrary<bool>();
  std::vector<yoke::future<int>> numbers;
  std::vector<yoke::future<std::string>> texts;
  for (int item = 0; item < count; ++item) {
    numbers.push_back(pool.submit({}, odd_ones_throw, item));
    texts.push_back(pool.submit({.attempts = 2}, shown, item));
    if (polls && item % 3 == 0) pool.jobs().poll();
  }
  for (int item = 0; item < count; ++item) {
    const auto place = static_cast<std::size_t>(item);
    RC_ASSERT(texts[place].get() == shown(item));
    if (item % 2 == 0) {
      RC_ASSERT(numbers[place].get() == item);
    } else {
      RC_ASSERT_THROWS_AS(numbers[place].get(), std::out_of_range);
    }
  }
  pool.end();
  RC_ASSERT(workers.memory_in_use == 0U);
}

TEST(submission, blames_the_task_that_was_running_and_no_other) {
  fake_backend workers{{.deaths = {{0, {SIGSEGV}}}}};
  tasks_on pool{workers};
  auto first = pool.submit({}, shown, 1);
  auto second = pool.submit({}, shown, 2);
  EXPECT_THROW(first.get(), yoke::worker_lost);
  EXPECT_EQ(second.get(), "2");
}

TEST(submission, gives_what_is_left_the_error_of_a_broken_pool) {
  fake_backend workers{{.breaks_at = 3}};
  tasks_on pool{workers};
  std::vector<yoke::future<std::string>> futures;
  while (pool.accepted && futures.size() < 100) futures.push_back(pool.submit({}, shown, 1));
  if (!pool.accepted) futures.pop_back();
  int broken = 0;
  for (auto& future : futures) {
    try {
      future.get();
    } catch (const yoke::pool_broken&) {
      ++broken;
    }
  }
  EXPECT_GT(broken, 0);
  static_cast<void>(pool.submit({}, shown, 1));
  EXPECT_FALSE(pool.accepted);
  EXPECT_EQ(workers.memory_in_use, 0U);
}

TEST(submission, gives_a_task_up_whose_arguments_find_no_memory) {
  fake_backend workers{{.memory = 2000}};
  tasks_on pool{workers};
  auto large = pool.submit(
      {}, [](const std::string& text) { return text.size(); }, std::string(5000, 'x'));
  auto small = pool.submit({}, shown, 2);
  EXPECT_THROW(large.get(), yoke::too_large);
  EXPECT_EQ(small.get(), "2");
}
