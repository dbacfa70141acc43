#include <yoke/errors.hpp>

#include "any_script.hpp"
#include "engine/parcel_job.hpp"
#include "engine_work.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

using namespace yoke;
using namespace yoke::detail;
using yoke_test::any_script;
using yoke_test::fake_backend;
using yoke_test::fake_script;
using yoke_test::tripling;

namespace {

/// tripled_stream is a stream of i to 3 i + 1, as its owner drives it. It notes what is yielded.
class tripled_stream {
 public:
  struct shape {
    std::uint64_t items = 0;
    bool ordered = true;
    bool collects_errors = false;
    stream_options options = {};
    tripling::orders orders = {};
  };

  tripled_stream(const shape& of, fake_backend& workers)
      : shape_{of}, task_{0, of.orders}, jobs_{workers}, job_{plan(), workers} {}

  /// run reads the stream to its end. Throws what ends it.
  void run() {
    jobs_.submit(job_);
    while (true) {
      fill();
      jobs_.kick();
      auto full = job_.take();
      if (!full) {
        jobs_.drive(std::chrono::steady_clock::time_point::max(), [&] { return job_.ready(); });
        full = job_.take();
      }
      if (!full) break;
      note(*full);
    }
    jobs_.wait(job_);
  }

  std::vector<std::uint64_t> yielded;  ///< items with right results, in the order in which they came
  std::set<std::uint64_t> failed;
  std::uint64_t wrong = 0;
  std::uint64_t most_ahead = 0;  ///< items taken from the input and not yielded

 private:
  [[nodiscard]] parcel_plan plan() const {
    const bulk_plan task = task_.plan();
    return {.entry = task.entry,
            .closure = task.closure,
            .closure_bytes = task.closure_bytes,
            .ordered = shape_.ordered,
            .collects_errors = shape_.collects_errors,
            .options = shape_.options};
  }

  void fill() {
    while (next_ < shape_.items) {
      const std::uint64_t wanted = std::min(job_.wanted(), shape_.items - next_);
      if (wanted == 0) return;
      auto full = std::make_unique<parcel>();
      full->first = next_;
      full->count = wanted;
      full->item_bytes = sizeof next_;
      for (const std::uint64_t end = next_ + wanted; next_ < end; ++next_) full->input.append(&next_, sizeof next_);
      job_.put(std::move(full));
      most_ahead = std::max(most_ahead, next_ - taken_);
    }
    job_.finish();
  }

  void note(const parcel& full) {
    taken_ += full.count;
    for (std::size_t which = 0; which < full.readable; ++which) {
      const arrival& each = full.arrivals[which];
      for (std::uint64_t k = 0; k < each.count; ++k) {
        const std::uint64_t item = each.first + k;
        if (each.error) {
          failed.insert(item);
          continue;
        }
        std::uint64_t result = 0;
        std::memcpy(&result, full.results.data() + each.offset + k * sizeof result, sizeof result);
        yielded.push_back(item);
        if (result != 3 * item + 1) ++wrong;
      }
    }
  }

  const shape shape_;
  const tripling task_;
  engine jobs_;
  parcel_job job_;
  std::uint64_t next_ = 0;
  std::uint64_t taken_ = 0;
};

stream_options any_stream_options() {
  stream_options options;
  if (*rc::gen::arbitrary<bool>()) options.chunk = *rc::gen::inRange(1, 50);
  if (*rc::gen::arbitrary<bool>()) options.window = *rc::gen::inRange<std::size_t>(1, 200);
  if (*rc::gen::arbitrary<bool>()) options.window_bytes = *rc::gen::inRange<std::size_t>(1, 2000);
  return options;
}

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> items) {
  std::ranges::sort(items);
  return items;
}

std::vector<std::uint64_t> first_items(std::uint64_t count) {
  std::vector<std::uint64_t> items;
  for (std::uint64_t item = 0; item < count; ++item) items.push_back(item);
  return items;
}

}  // namespace

TEST(parcel_property, yields_every_item_once_whatever_the_backend_does) {
  EXPECT_TRUE(rc::check([] {
    const auto items = *rc::gen::inRange<std::uint64_t>(0, 400);
    fake_backend workers{any_script(items, {SIGKILL, SIGTERM}, 6)};
    const bool ordered = *rc::gen::arbitrary<bool>();
    const stream_options options = any_stream_options();
    tripled_stream stream{{.items = items, .ordered = ordered, .options = options}, workers};
    stream.run();
    RC_ASSERT(stream.wrong == 0U);
    RC_ASSERT((ordered ? stream.yielded : sorted(stream.yielded)) == first_items(items));
    if (options.window != 0) RC_ASSERT(stream.most_ahead <= options.window);
    RC_ASSERT(workers.memory_in_use == 0U);
  }));
}

TEST(parcel_property, yields_the_errors_it_collects_in_their_places) {
  EXPECT_TRUE(rc::check([] {
    const auto items = *rc::gen::inRange<std::uint64_t>(1, 400);
    const tripling::orders orders{.throws_from = *rc::gen::inRange<std::uint64_t>(0, items),
                                  .throws_every = *rc::gen::inRange<std::uint64_t>(1, 5)};
    fake_backend workers{any_script(items, {SIGKILL}, 4)};
    tripled_stream stream{{.items = items,
                           .ordered = *rc::gen::arbitrary<bool>(),
                           .collects_errors = true,
                           .options = any_stream_options(),
                           .orders = orders},
                          workers};
    stream.run();
    RC_ASSERT(stream.wrong == 0U);
    RC_ASSERT(stream.yielded.size() + stream.failed.size() == items);
    for (const std::uint64_t item : stream.failed)
      RC_ASSERT(item >= orders.throws_from && item % orders.throws_every == 0);
    for (const std::uint64_t item : stream.yielded)
      RC_ASSERT(item < orders.throws_from || item % orders.throws_every != 0);
  }));
}

TEST(parcel_property, ends_with_the_first_error_behind_all_before_it) {
  EXPECT_TRUE(rc::check([] {
    const auto items = *rc::gen::inRange<std::uint64_t>(1, 400);
    const auto bad = *rc::gen::inRange<std::uint64_t>(0, items);
    fake_backend workers{any_script(items, {SIGKILL}, 4)};
    tripled_stream stream{{.items = items, .options = any_stream_options(), .orders = {.throws_from = bad}}, workers};
    std::uint64_t found = items;
    try {
      stream.run();
    } catch (const task_failure& error) {
      found = error.item();
    }
    RC_ASSERT(found == bad);
    RC_ASSERT(stream.wrong == 0U);
    RC_ASSERT(stream.yielded == first_items(bad));
  }));
}
