#include <yoke/codec.hpp>

#include "codec_round_trip.hpp"

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <deque>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using yoke_test::encoded;
using yoke_test::round_trip;

enum class colour : std::uint8_t { red, green };

struct point {
  double x = 0;
  double y = 0;
  bool operator==(const point&) const = default;
};

struct person {
  std::string name;
  int age = 0;
  std::vector<point> visited;
  std::optional<std::string> email;
  bool operator==(const person&) const = default;
};

struct tree {
  std::string label;
  std::vector<tree> branches;
  bool operator==(const tree&) const = default;
};

struct chain {
  int value = 0;
  std::unique_ptr<chain> next;
};

class money {
 public:
  explicit money(long cents) : cents_{cents} {}
  [[nodiscard]] long cents() const { return cents_; }

 private:
  long cents_;
};

/// words shares its storage, so only its own codec can tell what it holds.
class words {
 public:
  explicit words(std::vector<std::string> all) : all_{std::make_shared<std::vector<std::string>>(std::move(all))} {}
  [[nodiscard]] const std::vector<std::string>& all() const { return *all_; }

 private:
  std::shared_ptr<std::vector<std::string>> all_;
};

struct shy {};

struct nothing_at_all {};

}  // namespace

template <>
inline constexpr bool yoke::portable<money> = true;

template <>
struct yoke::codec<words> {
  static void encode(yoke::byte_sink& out, const words& value) { yoke::encode(out, value.all()); }
  static words decode(yoke::byte_reader& in) { return words{yoke::decode<std::vector<std::string>>(in)}; }
};

template <>
struct yoke::codec<shy> {
  static void encode(yoke::byte_sink& /*out*/, const shy& /*value*/) { throw std::domain_error{"not while you look"}; }
  static shy decode(yoke::byte_reader& /*in*/) { throw std::domain_error{"nor now"}; }
};

template <>
struct yoke::codec<nothing_at_all> {
  static void encode(yoke::byte_sink& /*out*/, const nothing_at_all& /*value*/) {}
  static nothing_at_all decode(yoke::byte_reader& /*in*/) { return {}; }
};

TEST(codec, round_trips_numbers_and_enums) {
  EXPECT_EQ(round_trip(std::numeric_limits<long long>::min()), std::numeric_limits<long long>::min());
  EXPECT_EQ(round_trip(1.0L / 3), 1.0L / 3);
  EXPECT_EQ(round_trip('x'), 'x');
  EXPECT_TRUE(round_trip(true));
  EXPECT_EQ(round_trip(colour::green), colour::green);
  EXPECT_EQ(round_trip(std::byte{7}), std::byte{7});
}

TEST(codec, round_trips_text_with_nul_characters) {
  EXPECT_EQ(round_trip(std::string("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(round_trip(std::string{}), "");
  EXPECT_EQ(round_trip(std::u16string{u"h\u00e9"}), u"h\u00e9");
  EXPECT_EQ(round_trip(std::filesystem::path{"/a/b c"}), "/a/b c");
}

TEST(codec, decodes_a_string_view_as_a_view_into_the_payload) {
  const auto bytes = encoded(std::string{"seen in place"});
  yoke::byte_reader in{bytes};
  const auto view = yoke::decode<std::string_view>(in);
  EXPECT_EQ(view, "seen in place");
  EXPECT_EQ(static_cast<const void*>(view.data() + view.size()), bytes.data() + bytes.size());
}

TEST(codec, encodes_views_and_strings_alike) {
  EXPECT_EQ(encoded(std::string_view{"same"}), encoded(std::string{"same"}));
}

TEST(codec, round_trips_sequences) {
  EXPECT_EQ(round_trip(std::vector<double>{1, 2.5, -3}), (std::vector<double>{1, 2.5, -3}));
  EXPECT_EQ(round_trip(std::vector<point>{{1, 2}, {3, 4}}), (std::vector<point>{{1, 2}, {3, 4}}));
  EXPECT_EQ(round_trip(std::deque<std::string>{"a", "", "c"}), (std::deque<std::string>{"a", "", "c"}));
  EXPECT_EQ(round_trip(std::list<int>{3, 1, 2}), (std::list<int>{3, 1, 2}));
  EXPECT_EQ(round_trip(std::vector<std::vector<int>>{{}, {1}, {2, 3}}),
            (std::vector<std::vector<int>>{{}, {1}, {2, 3}}));
}

TEST(codec, round_trips_bits_of_any_number) {
  for (std::size_t size = 0; size < 40; ++size) {
    std::vector<bool> bits(size);
    for (std::size_t i = 0; i < size; ++i) bits[i] = i % 3 == 0;
    EXPECT_EQ(round_trip(bits), bits);
  }
}

TEST(codec, packs_eight_bits_into_a_byte) { EXPECT_EQ(encoded(std::vector<bool>(800)).size(), 8U + 100U); }

TEST(codec, round_trips_arrays_of_any_size) {
  EXPECT_EQ(round_trip(std::array<int, 3>{1, 2, 3}), (std::array<int, 3>{1, 2, 3}));
  EXPECT_EQ(round_trip(std::array<std::string, 2>{"a", "b"}), (std::array<std::string, 2>{"a", "b"}));
  EXPECT_EQ(round_trip(std::array<std::string, 0>{}), (std::array<std::string, 0>{}));
  std::array<std::string, 500> many;
  many.fill("one of many");
  EXPECT_EQ(round_trip(many), many);
}

TEST(codec, round_trips_maps_and_sets) {
  const std::map<std::string, std::vector<int>> map{{"a", {1}}, {"b", {}}};
  const std::multimap<int, std::string> multimap{{1, "x"}, {1, "y"}, {0, "z"}};
  const std::unordered_map<std::string, double> unordered_map{{"pi", 3.14}, {"e", 2.71}};
  const std::set<std::string> set{"b", "a"};
  const std::multiset<int> multiset{2, 1, 2};
  const std::unordered_set<int> unordered_set{5, 6, 7};
  EXPECT_EQ(round_trip(map), map);
  EXPECT_EQ(round_trip(multimap), multimap);
  EXPECT_EQ(round_trip(unordered_map), unordered_map);
  EXPECT_EQ(round_trip(set), set);
  EXPECT_EQ(round_trip(multiset), multiset);
  EXPECT_EQ(round_trip(unordered_set), unordered_set);
}

TEST(codec, round_trips_products_and_sums) {
  using sum = std::variant<std::monostate, int, std::string, int>;
  EXPECT_EQ(round_trip(std::pair{1, std::string{"x"}}), (std::pair{1, std::string{"x"}}));
  EXPECT_EQ(round_trip(std::tuple{1, 'c', std::string{"x"}}), (std::tuple{1, 'c', std::string{"x"}}));
  EXPECT_EQ(round_trip(std::tuple<>{}), std::tuple<>{});
  EXPECT_EQ(round_trip(std::tuple{std::tuple{std::optional{4}}}), (std::tuple{std::tuple{std::optional{4}}}));
  EXPECT_EQ(round_trip(std::optional<std::string>{}), std::nullopt);
  const std::optional<std::optional<int>> holds_none{std::in_place};
  EXPECT_EQ(round_trip(holds_none), holds_none);
  EXPECT_EQ(round_trip(sum{std::in_place_index<3>, 9}), (sum{std::in_place_index<3>, 9}));
  EXPECT_EQ(round_trip(sum{"text"}), sum{"text"});
  EXPECT_EQ(round_trip(sum{}), sum{});
}

TEST(codec, round_trips_times_complex_numbers_and_bitsets) {
  const auto now = std::chrono::system_clock::now();
  EXPECT_EQ(round_trip(now), now);
  EXPECT_EQ(round_trip(250ms), 250ms);
  EXPECT_EQ(round_trip(std::complex{1.0, -2.0}), (std::complex{1.0, -2.0}));
  EXPECT_EQ(round_trip(std::bitset<70>{0xf0f0}), std::bitset<70>{0xf0f0});
}

TEST(codec, round_trips_aggregates_member_by_member) {
  const person ann{.name = "Ann", .age = 40, .visited = {{1, 2}, {3, 4}}, .email = "ann@example.org"};
  EXPECT_EQ(round_trip(ann), ann);
  EXPECT_EQ(round_trip(std::vector{ann, person{}}), (std::vector{ann, person{}}));
}

TEST(codec, round_trips_types_that_contain_themselves) {
  const tree oak{"oak", {{"left", {{"leaf", {}}}}, {"right", {}}}};
  EXPECT_EQ(round_trip(oak), oak);
  const chain two{1, std::make_unique<chain>(chain{2, nullptr})};
  const chain copy = round_trip(two);
  ASSERT_NE(copy.next, nullptr);
  EXPECT_EQ(copy.next->value, 2);
  EXPECT_EQ(copy.next->next, nullptr);
}

TEST(codec, copies_whole_what_is_known_to_hold_no_address) {
  EXPECT_TRUE(yoke::detail::copied_whole<point>);
  EXPECT_TRUE((yoke::detail::copied_whole<std::array<point, 4>>));
  EXPECT_TRUE(yoke::detail::copied_whole<money>);
  EXPECT_TRUE(yoke::detail::copied_whole<std::chrono::system_clock::time_point>);
  EXPECT_FALSE(yoke::detail::copied_whole<std::string_view>);
  EXPECT_FALSE(yoke::detail::copied_whole<std::optional<int>>);
  EXPECT_FALSE(yoke::detail::copied_whole<person>);
  EXPECT_FALSE(yoke::detail::copied_whole<int*>);
}

TEST(codec, encodes_a_vector_copied_whole_as_a_size_and_a_block) {
  EXPECT_EQ(encoded(std::vector<point>(10)).size(), 8 + 10 * sizeof(point));
}

TEST(codec, round_trips_a_portable_class_without_a_default_constructor) {
  EXPECT_EQ(round_trip(money{1250}).cents(), 1250);
  const auto many = round_trip(std::vector<money>(3, money{7}));
  EXPECT_EQ(many.at(2).cents(), 7);
}

TEST(codec, asks_the_users_codec_wherever_the_type_occurs) {
  EXPECT_EQ(round_trip(words{{"a", "b"}}).all(), (std::vector<std::string>{"a", "b"}));
  const auto nested = round_trip(std::map<int, std::vector<words>>{{1, {words{{"deep"}}}}});
  EXPECT_EQ(nested.at(1).at(0).all(), (std::vector<std::string>{"deep"}));
}

TEST(codec, lets_exceptions_of_the_users_codec_pass) {
  yoke::detail::heap_sink sink;
  yoke::byte_reader in{{}};
  EXPECT_THROW(yoke::encode(sink, std::pair<int, shy>{}), std::domain_error);
  EXPECT_THROW(yoke::decode<shy>(in), std::domain_error);
}

TEST(codec, counts_elements_that_are_encoded_in_no_bytes) {
  EXPECT_EQ(round_trip(std::vector<nothing_at_all>(5)).size(), 5U);
  EXPECT_EQ(round_trip(std::vector<std::tuple<>>(5)).size(), 5U);
  EXPECT_EQ(round_trip(std::list<std::array<std::string, 0>>(5)).size(), 5U);
}

TEST(codec, refuses_to_encode_a_variant_without_a_value) {
  std::variant<int, std::deque<int>> value;
  EXPECT_THROW(value.emplace<1>(std::numeric_limits<std::size_t>::max()), std::length_error);
  ASSERT_TRUE(value.valueless_by_exception());
  yoke::detail::heap_sink sink;
  EXPECT_THROW(yoke::encode(sink, value), std::bad_variant_access);
}
