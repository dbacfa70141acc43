#include "conformance.hpp"
#include "support/number_source.hpp"

#include <cstdint>
#include <ranges>
#include <stdexcept>
#include <vector>

using namespace yoke_test;

/// unreadable_seven travels, but for the number 7.
struct unreadable_seven {
  explicit unreadable_seven(std::uint64_t of) : number{of} {}
  std::uint64_t number;
};

template <>
struct yoke::codec<unreadable_seven> {
  static void encode(yoke::byte_sink& out, const unreadable_seven& one) { yoke::encode(out, one.number); }
  static unreadable_seven decode(yoke::byte_reader& in) {
    const auto number = yoke::decode<std::uint64_t>(in);
    if (number == 7) throw std::length_error{"seven"};
    return unreadable_seven{number};
  }
};

using imap_of_results_that_travel = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, imap_of_results_that_travel, processes_only, setting_name);

TEST_P(imap_of_results_that_travel, one_that_cannot_be_decoded_is_the_error_of_its_item) {
  const auto label = [](std::uint64_t item) { return unreadable_seven{item}; };
  const auto expect_seven = [](const auto& call) {
    try {
      call();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::length_error& error) {
      EXPECT_STREQ(error.what(), "seven");
      EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 7U);
    }
  };
  expect_seven([&] { all_of_stream(pool.imap(number_source{100}, label, {.chunk = 10})); });
  expect_seven([&] { pool.map(std::views::iota(std::uint64_t{0}, std::uint64_t{100}), label, {.chunk = 10}); });
}

TEST_P(imap_of_results_that_travel, outcomes_go_on_behind_a_result_that_cannot_be_decoded) {
  const auto label = [](std::uint64_t item) { return unreadable_seven{item}; };
  std::vector<std::uint64_t> failed;
  std::uint64_t next = 0;
  for (auto& each : pool.imap(number_source{100}, label, yoke::outcomes, {.chunk = 1})) {
    EXPECT_EQ(each.index(), next++);
    if (!each) failed.push_back(each.index());
  }
  EXPECT_EQ(next, 100U);
  EXPECT_EQ(failed, std::vector<std::uint64_t>{7});
}

TEST_P(imap_of_results_that_travel, outcomes_of_the_same_chunk_go_with_a_result_that_cannot_be_decoded) {
  const auto label = [](std::uint64_t item) { return unreadable_seven{item}; };
  std::uint64_t next = 0;
  for (auto& each : pool.imap(number_source{100}, label, yoke::outcomes, {.chunk = 10})) {
    EXPECT_EQ(each.index(), next);
    if (next == 7) {
      EXPECT_THROW(each.value(), std::length_error);
    } else if (next < 7 || next > 9) {
      EXPECT_EQ(each.value().number, next);
    }
    ++next;
  }
  EXPECT_EQ(next, 100U);
}
