#include <yoke/codec.hpp>

#include "codec_round_trip.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using yoke::detail::copied_whole;
using yoke::detail::initialiser_count;
using yoke::detail::member_shape;
using yoke::detail::members_have_addresses;
using yoke::detail::shape_of_members;
using yoke_test::round_trip;

template <class... T>
constexpr bool all_plain = ((shape_of_members<T>() == member_shape::plain) && ...);

struct none {};
struct m1 {
  int a;
};
struct m2 {
  int a;
  std::string b;
};
struct m3 {
  int a, b, c;
};
struct m7 {
  int a, b, c;
  std::string d, e;
  double f;
  char g;
};
struct m12 {
  int a, b, c, d, e, f, g, h, i, j, k;
  std::vector<int> l;
};
struct m20 {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s;
  std::string t;
};
struct nests {
  m20 a;
  m3 b;
  none c;
  m7 d;
};
struct empties {
  none a;
  int b;
  none c;
};
struct overlapping {
  [[no_unique_address]] none a;
  [[no_unique_address]] m1 b;
  int c;
};
struct arrays {
  std::array<int, 5> a;
  std::array<std::string, 2> b;
  std::array<int, 0> c;
};
struct huge {
  int id;
  std::array<float, 1'000'000> pixels;
  std::string name;
};
struct defaults {
  int a = 3;
  std::string b = "x";
  std::vector<int> c{1, 2};
};
struct constants {
  const int a;
  const std::string b;
};
struct move_only {
  std::unique_ptr<int> a;
  std::vector<std::unique_ptr<std::string>> b;
};
struct picky {
  explicit picky(int value) : v{value} {}
  int v;
};
struct no_default {
  int a;
  picky b;
  int c;
};
struct itself {
  std::vector<itself> a;
  std::optional<int> b;
};
enum plain_enum { one, two };
struct enums {
  plain_enum a;
  std::byte b;
};

struct base {
  int x;
};
struct derived : base {
  int y;
};
struct only_base : base {};
struct from_empty : none {
  std::string s;
};
struct from_two : none, base {
  int y;
};
struct first_member_is_derived {
  from_empty a;
  int b;
};

struct c_array {
  int a[3];
};
struct c_string {
  char name[16];
  int age;
};
struct long_array {
  int x;
  char bytes[100'000];
  int y;
};
struct last_array {
  std::string a;
  std::string b[2];
};
struct square {
  int a[2][2];
  int b;
};
struct picky_array {
  picky a[2];
  int b;
};
struct move_only_array {
  int a;
  std::unique_ptr<int> b[3];
};
struct short_array {
  std::string s;
  int a[1];
};
struct array_within {
  c_array a;
  int b;
};

struct nameless {
  int a;
  union {
    int i;
    float f;
  };
  int b;
};
struct nameless_last {
  std::string s;
  union {
    int i;
    float f;
  };
};
struct immovable {
  immovable() = default;
  immovable(immovable&&) = delete;
};
struct holds_immovable {
  int a;
  immovable b;
  int c;
};

struct bits {
  unsigned a : 3;
  unsigned : 4;
  unsigned b : 9;
  double c;
};
struct bits_and_text {
  unsigned a : 3;
  std::string b;
};
struct reference {
  int& a;
};
struct reference_and_text {
  const int& a;
  std::string b;
};
struct rvalue_reference {
  int&& a;
  int b;
};

}  // namespace

TEST(codec_aggregate, counts_one_to_twenty_members) {
  EXPECT_EQ(initialiser_count<none>(), 0);
  EXPECT_EQ(initialiser_count<m1>(), 1);
  EXPECT_EQ(initialiser_count<m2>(), 2);
  EXPECT_EQ(initialiser_count<m3>(), 3);
  EXPECT_EQ(initialiser_count<m7>(), 7);
  EXPECT_EQ(initialiser_count<m12>(), 12);
  EXPECT_EQ(initialiser_count<m20>(), 20);
  EXPECT_TRUE((all_plain<none, m1, m2, m3, m7, m12, m20>));
}

TEST(codec_aggregate, counts_a_nested_aggregate_an_empty_one_and_a_std_array_as_one) {
  EXPECT_EQ(initialiser_count<nests>(), 4);
  EXPECT_EQ(initialiser_count<empties>(), 3);
  EXPECT_EQ(initialiser_count<overlapping>(), 3);
  EXPECT_EQ(initialiser_count<arrays>(), 3);
  EXPECT_EQ(initialiser_count<huge>(), 3);
  EXPECT_TRUE((all_plain<nests, empties, overlapping, arrays, huge>));
}

TEST(codec_aggregate, counts_members_that_are_awkward_to_initialise) {
  EXPECT_EQ(initialiser_count<defaults>(), 3);
  EXPECT_EQ(initialiser_count<constants>(), 2);
  EXPECT_EQ(initialiser_count<move_only>(), 2);
  EXPECT_EQ(initialiser_count<no_default>(), 3);
  EXPECT_EQ(initialiser_count<itself>(), 2);
  EXPECT_EQ(initialiser_count<bits>(), 3);
  EXPECT_EQ(initialiser_count<enums>(), 2);
  EXPECT_EQ(initialiser_count<reference>(), 1);
  EXPECT_EQ(initialiser_count<rvalue_reference>(), 2);
  EXPECT_TRUE(
      (all_plain<defaults, constants, move_only, no_default, itself, bits, enums, reference, rvalue_reference>));
}

TEST(codec_aggregate, finds_base_classes) {
  EXPECT_EQ(shape_of_members<derived>(), member_shape::base_class);
  EXPECT_EQ(shape_of_members<only_base>(), member_shape::base_class);
  EXPECT_EQ(shape_of_members<from_empty>(), member_shape::base_class);
  EXPECT_EQ(shape_of_members<from_two>(), member_shape::base_class);
  EXPECT_EQ(shape_of_members<first_member_is_derived>(), member_shape::plain);
  EXPECT_FALSE(yoke::encodable<first_member_is_derived>);
}

TEST(codec_aggregate, finds_c_arrays) {
  EXPECT_EQ(shape_of_members<c_array>(), member_shape::c_array);
  EXPECT_EQ(shape_of_members<c_string>(), member_shape::c_array);
  EXPECT_EQ(shape_of_members<long_array>(), member_shape::c_array);
  EXPECT_EQ(shape_of_members<last_array>(), member_shape::c_array);
  EXPECT_EQ(shape_of_members<square>(), member_shape::c_array);
  EXPECT_EQ(shape_of_members<picky_array>(), member_shape::c_array);
  EXPECT_EQ(shape_of_members<move_only_array>(), member_shape::c_array);
  EXPECT_FALSE(yoke::encodable<short_array>);
  EXPECT_FALSE(yoke::encodable<array_within>);
}

TEST(codec_aggregate, finds_nameless_unions_and_members_that_cannot_move) {
  EXPECT_EQ(shape_of_members<nameless>(), member_shape::opaque);
  EXPECT_EQ(shape_of_members<nameless_last>(), member_shape::opaque);
  EXPECT_EQ(shape_of_members<holds_immovable>(), member_shape::opaque);
}

TEST(codec_aggregate, finds_references_and_bit_fields) {
  EXPECT_TRUE(members_have_addresses<m7>);
  EXPECT_TRUE(members_have_addresses<constants>);
  EXPECT_FALSE(members_have_addresses<bits>);
  EXPECT_FALSE(members_have_addresses<bits_and_text>);
  EXPECT_FALSE(yoke::encodable<bits_and_text>);
  EXPECT_FALSE(yoke::encodable<reference>);
  EXPECT_FALSE(yoke::encodable<reference_and_text>);
  EXPECT_FALSE(yoke::encodable<rvalue_reference>);
}

TEST(codec_aggregate, copies_bit_fields_and_padding_whole) {
  EXPECT_TRUE(copied_whole<bits>);
  const bits copy = round_trip(bits{5, 300, 1.5});
  EXPECT_EQ(copy.a, 5U);
  EXPECT_EQ(copy.b, 300U);
  EXPECT_EQ(copy.c, 1.5);
}

TEST(codec_aggregate, round_trips_const_members_and_members_without_default) {
  EXPECT_EQ(round_trip(constants{4, "four"}).b, "four");
  const auto copy = yoke_test::round_trip(std::pair{empties{{}, 5, {}}, m2{6, "six"}});
  EXPECT_EQ(copy.first.b, 5);
  EXPECT_EQ(copy.second.b, "six");
}

TEST(codec_aggregate, round_trips_move_only_members) {
  move_only value{std::make_unique<int>(3), {}};
  value.b.push_back(std::make_unique<std::string>("kept"));
  const move_only copy = round_trip(value);
  EXPECT_EQ(*copy.a, 3);
  EXPECT_EQ(*copy.b.at(0), "kept");
}

TEST(codec_aggregate, round_trips_types_local_to_a_function) {
  struct local {
    std::string a;
    int b;
  };
  EXPECT_EQ(round_trip(local{"here", 1}).a, "here");
}

TEST(codec_aggregate, knows_what_can_be_an_item_and_what_a_result) {
  struct seen {
    std::string_view text;
    int line;
  };
  EXPECT_TRUE(yoke::encodable_item<seen>);
  EXPECT_FALSE(yoke::encodable_result<seen>);
  EXPECT_TRUE(yoke::encodable_item<std::vector<std::string_view>>);
  EXPECT_FALSE(yoke::encodable_item<const char*>);
  EXPECT_FALSE((yoke::encodable_item<std::map<int, std::vector<int*>>>));
  EXPECT_FALSE(yoke::encodable_item<std::shared_ptr<int>>);
  EXPECT_FALSE(yoke::encodable_result<int&>);
}
