#include "memory/segment.hpp"
#include "support/child_process.hpp"
#include "sys/doorbell.hpp"
#include "sys/robust_mutex.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>

namespace yoke::detail {
namespace {

using namespace std::chrono_literals;
using yoke_test::child_process;

/// A mutex, what it guards and two doorbells in memory shared with children.
struct robust_mutex_test : testing::Test {
  struct shared_state {
    robust_mutex mutex;
    doorbell child_says;
    doorbell parent_says;
    std::atomic<int> holders{0};
    long counter = 0;
  };

  segment memory{segment::home::shared, std::size_t{1} << 20, std::size_t{1} << 16};
  shared_state& shared = *new (memory.base()) shared_state;

  /// A child that takes the lock, says so and never lets go.
  child_process holder() {
    child_process child([this] {
      if (shared.mutex.lock_for(10s) != lock_outcome::locked) return 1;
      shared.child_says.ring();
      for (;;) ::pause();
    });
    EXPECT_TRUE(shared.child_says.wait_for(10s));
    return child;
  }

  /// Returns when the process sleeps in the kernel.
  static void wait_until_asleep(pid_t pid) {
    for (std::string stat; stat.find(") S ") == std::string::npos; ::sched_yield()) {
      std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), stat);
    }
  }
};

TEST_F(robust_mutex_test, is_locked_and_unlocked_any_number_of_times) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(shared.mutex.lock_for(0s), lock_outcome::locked);
    ASSERT_TRUE(shared.mutex.unlock());
  }
}

TEST_F(robust_mutex_test, lets_one_thread_in_at_a_time) {
  constexpr int rounds = 20000;
  const auto body = [this] {
    for (int i = 0; i < rounds; ++i) {
      if (shared.mutex.lock_for(30s) != lock_outcome::locked) return;
      ++shared.counter;
      shared.mutex.unlock();
    }
  };
  std::thread other(body);
  body();
  other.join();
  EXPECT_EQ(shared.counter, 2 * rounds);
}

TEST_F(robust_mutex_test, hands_what_it_guards_from_a_holder_to_a_sleeping_waiter) {
  ASSERT_EQ(shared.mutex.lock_for(0s), lock_outcome::locked);
  long seen = 0;
  std::thread waiter([&] {
    shared.child_says.ring();
    if (shared.mutex.lock_for(30s) == lock_outcome::locked) {
      seen = shared.counter;
      shared.mutex.unlock();
    }
  });
  EXPECT_TRUE(shared.child_says.wait_for(10s));
  EXPECT_FALSE(shared.parent_says.wait_for(50ms));
  shared.counter = 42;
  EXPECT_TRUE(shared.mutex.unlock());
  waiter.join();
  EXPECT_EQ(seen, 42);
}

TEST_F(robust_mutex_test, times_out_while_another_thread_holds_it) {
  ASSERT_EQ(shared.mutex.lock_for(0s), lock_outcome::locked);
  std::thread([this] {
    EXPECT_EQ(shared.mutex.lock_for(0s), lock_outcome::timed_out);
    EXPECT_EQ(shared.mutex.lock_for(45ms), lock_outcome::timed_out);
    EXPECT_EQ(shared.mutex.lock_for(-1s), lock_outcome::timed_out);
  }).join();
  EXPECT_TRUE(shared.mutex.unlock());
}

TEST_F(robust_mutex_test, is_not_unlocked_by_another_process) {
  ASSERT_EQ(shared.mutex.lock_for(0s), lock_outcome::locked);
  child_process other([this] { return shared.mutex.unlock() ? 1 : 0; });
  EXPECT_EQ(other.wait(), 0) << "unlocked from another process";
  EXPECT_TRUE(shared.mutex.unlock());
  child_process not_the_holder([this] { return shared.mutex.unlock() ? 1 : 0; });
  EXPECT_EQ(not_the_holder.wait(), 0) << "unlocked while free";
}

TEST_F(robust_mutex_test, tells_the_next_one_that_the_holding_process_died) {
  EXPECT_EQ(holder().kill(), -SIGKILL);
  EXPECT_EQ(shared.mutex.lock_for(0s), lock_outcome::owner_died);
  EXPECT_TRUE(shared.mutex.unlock());
}

TEST_F(robust_mutex_test, is_as_good_as_new_after_each_death_of_a_holding_process) {
  for (int death = 0; death < 3; ++death) {
    EXPECT_EQ(holder().kill(), -SIGKILL);
    EXPECT_EQ(shared.mutex.lock_for(0s), lock_outcome::owner_died);
    EXPECT_TRUE(shared.mutex.unlock());
    EXPECT_EQ(shared.mutex.lock_for(0s), lock_outcome::locked);
    EXPECT_TRUE(shared.mutex.unlock());
  }
}

TEST_F(robust_mutex_test, wakes_a_waiting_process_when_the_holder_is_killed) {
  child_process first = holder();
  child_process waiter([this] {
    shared.child_says.ring();
    const lock_outcome outcome = shared.mutex.lock_for(30s);
    shared.mutex.unlock();
    return outcome == lock_outcome::owner_died ? 0 : 1;
  });
  ASSERT_TRUE(shared.child_says.wait_for(10s));
  first.kill();
  EXPECT_EQ(waiter.wait(), 0);
}

TEST_F(robust_mutex_test, does_not_leave_a_waiter_asleep_when_the_process_that_was_woken_is_killed) {
  // All on one CPU, and the one that is woken first is idle: it is killed before it can run, with the wake-up in hand,
  // while the lock is taken by a third one that knows of no waiters.
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);

  ASSERT_EQ(shared.mutex.lock_for(0s), lock_outcome::locked);
  const auto waiter = [this](int policy) {
    child_process child([this, policy] {
      const sched_param none{};
      if (::sched_setscheduler(0, policy, &none) != 0) return 2;
      shared.child_says.ring();
      const lock_outcome outcome = shared.mutex.lock_for(8s);
      shared.mutex.unlock();
      return outcome == lock_outcome::locked ? 0 : 1;
    });
    EXPECT_TRUE(shared.child_says.wait_for(10s));
    wait_until_asleep(child.pid());
    return child;
  };
  child_process woken = waiter(SCHED_IDLE);
  child_process other = waiter(SCHED_OTHER);
  EXPECT_TRUE(shared.mutex.unlock());
  const lock_outcome again = shared.mutex.lock_for(0s);
  EXPECT_EQ(::kill(woken.pid(), SIGKILL), 0);
  woken.wait();
  if (again != lock_outcome::timed_out) {
    EXPECT_TRUE(shared.mutex.unlock());
  }
  EXPECT_EQ(other.wait(), 0);
  EXPECT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

TEST_F(robust_mutex_test, is_broken_for_good_when_a_dead_process_was_not_made_up_for) {
  EXPECT_EQ(holder().kill(), -SIGKILL);
  auto* const raw = reinterpret_cast<pthread_mutex_t*>(&shared.mutex);
  ASSERT_EQ(::pthread_mutex_trylock(raw), EOWNERDEAD);
  ASSERT_EQ(::pthread_mutex_unlock(raw), 0);
  EXPECT_EQ(shared.mutex.lock_for(0s), lock_outcome::broken);
  const lock_outcome later = shared.mutex.lock_for(50ms);
  EXPECT_TRUE(later == lock_outcome::broken || later == lock_outcome::timed_out);
}

TEST_F(robust_mutex_test, is_broken_when_a_process_has_scribbled_on_it) {
  child_process vandal([this] {
    std::memset(static_cast<void*>(&shared.mutex), 0xff, sizeof shared.mutex);
    return 0;
  });
  ASSERT_EQ(vandal.wait(), 0);
  EXPECT_EQ(shared.mutex.lock_for(1s), lock_outcome::broken);
  EXPECT_FALSE(shared.mutex.unlock());
}

TEST_F(robust_mutex_test, never_hangs_nor_lets_two_in_while_processes_are_killed_at_any_moment) {
  const auto contender = [this] {
    return child_process([this] {
      for (;;) {
        const lock_outcome outcome = shared.mutex.lock_for(20s);
        if (outcome == lock_outcome::owner_died) shared.holders = 0;
        if (outcome == lock_outcome::timed_out || outcome == lock_outcome::broken) return 1;
        if (shared.holders.fetch_add(1) != 0) return 2;
        shared.holders.fetch_sub(1);
        shared.mutex.unlock();
      }
    });
  };
  std::vector<child_process> children;
  for (int i = 0; i < 3; ++i) children.push_back(contender());
  std::minstd_rand random(1);
  for (int round = 0; round < 150; ++round) {
    const timespec pause{0, static_cast<long>(random() % 1000000)};
    ::nanosleep(&pause, nullptr);
    child_process& victim = children[random() % children.size()];
    ASSERT_EQ(victim.kill(), -SIGKILL) << "round " << round;
    victim = contender();
  }
  for (child_process& child : children) EXPECT_EQ(child.kill(), -SIGKILL);
  const lock_outcome outcome = shared.mutex.lock_for(1s);
  EXPECT_TRUE(outcome == lock_outcome::locked || outcome == lock_outcome::owner_died);
  EXPECT_TRUE(shared.mutex.unlock());
}

}  // namespace
}  // namespace yoke::detail
