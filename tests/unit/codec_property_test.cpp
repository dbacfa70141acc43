#include <yoke/codec.hpp>
#include <yoke/errors.hpp>

#include "codec_round_trip.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace {

using yoke_test::encoded;
using yoke_test::round_trip;

using leaf = std::variant<bool, std::int16_t, double, std::string>;
using nest = std::map<std::string, std::vector<std::pair<leaf, std::optional<std::vector<std::string>>>>>;

struct row {
  std::uint32_t id = 0;
  nest cells;
  std::tuple<std::set<int>, std::vector<bool>, std::array<char, 3>> rest;
  bool operator==(const row&) const = default;
};

leaf any_leaf() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return *rc::gen::arbitrary<bool>();
    case 1:
      return *rc::gen::arbitrary<std::int16_t>();
    case 2:
      return static_cast<double>(*rc::gen::arbitrary<std::int32_t>()) / 7;
    default:
      return *rc::gen::arbitrary<std::string>();
  }
}

nest any_nest() {
  nest all;
  for (int keys = *rc::gen::inRange(0, 4); keys > 0; --keys) {
    auto& cells = all[*rc::gen::arbitrary<std::string>()];
    for (int more = *rc::gen::inRange(0, 4); more > 0; --more) {
      auto& added = cells.emplace_back(any_leaf(), std::nullopt);
      if (*rc::gen::arbitrary<bool>()) added.second = *rc::gen::arbitrary<std::vector<std::string>>();
    }
  }
  return all;
}

row any_row() {
  return {*rc::gen::arbitrary<std::uint32_t>(),
          any_nest(),
          {*rc::gen::arbitrary<std::set<int>>(), *rc::gen::arbitrary<std::vector<bool>>(), {'a', 'b', 'c'}}};
}

}  // namespace

TEST(codec_property, nested_values_come_back_equal) {
  EXPECT_TRUE(rc::check([] {
    const row value = any_row();
    RC_ASSERT(round_trip(value) == value);
  }));
}

TEST(codec_property, vectors_of_nested_values_come_back_equal) {
  EXPECT_TRUE(rc::check([] {
    std::vector<row> values(*rc::gen::inRange<std::size_t>(0, 4));
    for (row& each : values) each = any_row();
    RC_ASSERT(round_trip(values) == values);
  }));
}

TEST(codec_property, a_payload_cut_anywhere_is_damaged) {
  EXPECT_TRUE(rc::check([] {
    const auto all = encoded(any_row());
    const auto bytes = *rc::gen::inRange<std::size_t>(0, all.size());
    const auto cut = std::make_unique<std::byte[]>(bytes);
    std::copy_n(all.begin(), bytes, cut.get());
    yoke::byte_reader in{{cut.get(), bytes}};
    RC_ASSERT_THROWS_AS(yoke::decode<row>(in), yoke::damaged_payload);
  }));
}

TEST(codec_property, a_payload_with_any_byte_changed_is_decoded_or_damaged_but_never_read_past) {
  EXPECT_TRUE(rc::check([] {
    const auto all = encoded(any_row());
    const auto changed = std::make_unique<std::byte[]>(all.size());
    std::copy(all.begin(), all.end(), changed.get());
    changed[*rc::gen::inRange<std::size_t>(0, all.size())] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
    yoke::byte_reader in{{changed.get(), all.size()}};
    try {
      static_cast<void>(yoke::decode<row>(in));
    } catch (const yoke::damaged_payload&) {
      RC_TAG("damaged");
    }
  }));
}
