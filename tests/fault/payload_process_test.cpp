#include <yoke/yoke.hpp>

#include "support/host.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace yoke_test;

namespace {

/// fragile is an item or a result whose codec does what its `fault` says.
struct fragile {
  enum what : int { nothing, crashes_in_decoding, crashes_in_encoding, throws_in_encoding };
  int value = 0;
  int fault = nothing;
};

bool in_worker = false;

using megabyte = std::array<char, std::size_t{1} << 20>;

}  // namespace

template <>
struct yoke::codec<fragile> {
  static void encode(yoke::byte_sink& out, const fragile& sent) {
    if (in_worker && sent.fault == fragile::crashes_in_encoding) std::abort();
    if (in_worker && sent.fault == fragile::throws_in_encoding) throw std::domain_error{"no such value"};
    yoke::encode(out, sent.value);
    yoke::encode(out, sent.fault);
  }
  static fragile decode(yoke::byte_reader& in) {
    const int value = yoke::decode<int>(in);
    const int fault = yoke::decode<int>(in);
    if (fault == fragile::crashes_in_decoding) std::abort();
    return {value, fault};
  }
};

namespace {

fragile same(const fragile& item) {
  in_worker = true;
  return item;
}

std::vector<fragile> items_with(fragile::what fault) {
  std::vector<fragile> items;
  for (int n = 0; n < 10; ++n) items.push_back({n, n == 6 ? fault : fragile::nothing});
  return items;
}

int own_pid(int) { return ::getpid(); }

}  // namespace

TEST(payload_of_process_pool, that_crashes_its_worker_in_decoding_fails_its_own_item) {
  yoke::pool pool{{.workers = 2}};
  try {
    pool.map(items_with(fragile::crashes_in_decoding), same, {.chunk = 5});
    FAIL() << "item 6 cannot be decoded";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 6U);
    EXPECT_EQ(lost.signal(), SIGABRT);
  }
  EXPECT_TRUE(works(pool));
}

TEST(payload_of_process_pool, that_crashes_its_worker_in_encoding_fails_its_own_item) {
  yoke::pool pool{{.workers = 2}};
  try {
    pool.map(items_with(fragile::crashes_in_encoding), same, {.chunk = 5});
    FAIL() << "the result of item 6 cannot be encoded";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 6U);
    EXPECT_EQ(lost.signal(), SIGABRT);
  }
  EXPECT_TRUE(works(pool));
}

TEST(payload_of_process_pool, whose_encoder_throws_is_an_error_of_its_item_and_loses_no_worker) {
  yoke::pool pool{{.workers = 1}};
  const int worker = pool.map(numbers(1), own_pid).front();
  for (int round = 0; round < 20; ++round) {
    try {
      pool.map(items_with(fragile::throws_in_encoding), same, {.chunk = 5});
      FAIL() << "the encoder of item 6 throws";
    } catch (const std::domain_error& error) {
      EXPECT_STREQ(error.what(), "no such value");
      EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 6U);
    }
  }
  EXPECT_EQ(pool.map(numbers(1), own_pid).front(), worker);
}

TEST(payload_of_process_pool, of_a_chunk_that_is_too_large_names_item_and_cure) {
  yoke::pool pool{{.workers = 1}};
  const auto grow = [](int n) { return megabyte{static_cast<char>(n)}; };
  try {
    pool.map(numbers(8192), grow, {.chunk = 8192});
    FAIL() << "8 GB are more than a worker has room for";
  } catch (const yoke::too_large& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("item 0"), std::string::npos) << text;
    EXPECT_NE(text.find("use a smaller chunk"), std::string::npos) << text;
    EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 0U);
  }
  EXPECT_EQ(pool.map(numbers(3), grow, {.chunk = 1}).back()[0], 2);
}
