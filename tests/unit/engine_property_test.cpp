#include <yoke/errors.hpp>

#include "any_script.hpp"
#include "engine_work.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include <gtest/gtest.h>
#include <rapidcheck.h>

using namespace yoke;
using yoke_test::any_script;
using yoke_test::fake_backend;
using yoke_test::fake_script;
using yoke_test::tripling;

namespace {

call_options any_options() {
  call_options options;
  const int kind = *rc::gen::inRange(0, 3);
  if (kind == 1) options.chunk = guided;
  if (kind == 2) options.chunk = *rc::gen::inRange(1, 50);
  return options;
}

}  // namespace

TEST(engine_property, delivers_every_item_once_whatever_the_backend_does) {
  EXPECT_TRUE(rc::check([] {
    const auto items = *rc::gen::inRange<std::uint64_t>(0, 400);
    fake_script script = any_script(items, {SIGKILL, SIGTERM}, 6);
    const auto deaths = script.deaths;
    fake_backend workers{script};
    tripling work{items};
    work.run_on(workers, any_options());
    RC_ASSERT(work.is_complete());
    for (std::uint64_t item = 0; item < items; ++item) {
      const auto found = deaths.find(item);
      const int expected = 1 + (found == deaths.end() ? 0 : static_cast<int>(found->second.size()));
      RC_ASSERT(workers.started[item] == expected);
    }
  }));
}

TEST(engine_property, throws_the_first_error_by_index_whatever_the_backend_does) {
  EXPECT_TRUE(rc::check([] {
    const auto items = *rc::gen::inRange<std::uint64_t>(1, 400);
    const auto bad = *rc::gen::inRange<std::uint64_t>(0, items);
    fake_script script = any_script(items, {SIGKILL}, 4);
    fake_backend workers{script};
    tripling work{items, {.throws_from = bad, .throws_every = *rc::gen::inRange<std::uint64_t>(1, 5)}};
    std::uint64_t first = bad;
    std::uint64_t found = items;
    const auto every = work.plan();
    tripling::orders orders;
    std::memcpy(&orders, every.closure, sizeof orders);
    while (first < items && first % orders.throws_every != 0) ++first;
    try {
      work.run_on(workers, any_options());
    } catch (const task_failure& error) {
      found = error.item();
    }
    RC_ASSERT(found == std::min(first, items));
    for (std::uint64_t item = 0; item < std::min(first, items); ++item) RC_ASSERT(work.delivered[item] == 1);
    for (std::uint64_t item = 0; item < items; ++item) RC_ASSERT(work.delivered[item] <= 1);
  }));
}

TEST(engine_property, counts_the_attempts_of_crashing_items_exactly) {
  EXPECT_TRUE(rc::check([] {
    const auto items = *rc::gen::inRange<std::uint64_t>(1, 200);
    const int attempts = *rc::gen::inRange(1, 5);
    fake_script script = any_script(items, {SIGSEGV, 0}, 5);
    script.dies_after = 0;
    std::uint64_t first_failing = items;
    for (const auto& [item, deaths] : script.deaths) {
      if (static_cast<int>(deaths.size()) >= attempts) first_failing = std::min(first_failing, item);
    }
    fake_backend workers{script};
    tripling work{items};
    call_options options = any_options();
    options.attempts = attempts;
    std::uint64_t failed = items;
    try {
      work.run_on(workers, options);
    } catch (const worker_lost& error) {
      failed = error.item();
      RC_ASSERT(error.attempts() == attempts);
    }
    RC_ASSERT(failed == first_failing);
    for (std::uint64_t item = 0; item < first_failing; ++item) RC_ASSERT(work.delivered[item] == 1);
  }));
}
