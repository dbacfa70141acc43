#include <yoke/codec.hpp>
#include <yoke/errors.hpp>

#include "codec_round_trip.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace {

using yoke_test::encoded;

struct parcel {
  std::string label;
  std::unique_ptr<std::string> note;
  std::map<std::string, std::vector<int>> contents;
  std::variant<std::monostate, std::string, std::array<std::string, 2>> seal;
  std::vector<bool> flags;
  int weight = 0;
};

parcel full_parcel() {
  return {"to whom it may concern, a long way from here",
          std::make_unique<std::string>("handle with care, this is glass all the way through"),
          {{"a key that is too long to be kept inside of the string itself", {1, 2, 3}}, {"b", {}}},
          std::array<std::string, 2>{"another text that needs memory of its own", "short"},
          {true, false, true},
          7};
}

/// decodes the first `bytes` bytes, which end where their memory ends, so that a sanitizer sees any read past them.
template <class T>
void decode_first(const std::vector<std::byte>& all, std::size_t bytes) {
  const std::vector<std::byte> exact(all.begin(), std::next(all.begin(), static_cast<std::ptrdiff_t>(bytes)));
  yoke::byte_reader in{exact};
  static_cast<void>(yoke::decode<T>(in));
}

template <class T>
void expect_damage_at_every_length(const T& value) {
  const auto all = encoded(value);
  for (std::size_t bytes = 0; bytes < all.size(); ++bytes) {
    EXPECT_THROW(decode_first<T>(all, bytes), yoke::damaged_payload) << bytes << " of " << all.size();
  }
  EXPECT_NO_THROW(decode_first<T>(all, all.size()));
}

/// with_count is a payload that promises `count` elements and holds `bytes` bytes of zeros.
std::vector<std::byte> with_count(std::uint64_t count, std::size_t bytes) {
  std::vector<std::byte> all(sizeof count + bytes);
  std::memcpy(all.data(), &count, sizeof count);
  return all;
}

template <class T>
void expect_refused_count(std::uint64_t count, std::size_t bytes) {
  const auto all = with_count(count, bytes);
  EXPECT_THROW(decode_first<T>(all, all.size()), yoke::damaged_payload) << count;
}

constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST(codec_damage, is_found_at_every_length_of_a_payload) {
  expect_damage_at_every_length(full_parcel());
  expect_damage_at_every_length(std::vector<double>{1, 2, 3});
  expect_damage_at_every_length(std::unordered_map<std::string, int>{{"one", 1}, {"two", 2}});
  expect_damage_at_every_length(std::tuple{std::string{"x"}, std::optional{3.0}, std::set<std::string>{"y", "z"}});
  expect_damage_at_every_length(std::vector<std::tuple<>>(4));
}

TEST(codec_damage, is_found_before_room_is_made_for_impossible_counts) {
  for (const std::uint64_t count : {huge, huge / 2 + 1, huge / 8, std::uint64_t{1} << 61, std::uint64_t{1} << 32}) {
    expect_refused_count<std::string>(count, 100);
    expect_refused_count<std::u32string>(count, 100);
    expect_refused_count<std::vector<double>>(count, 100);
    expect_refused_count<std::vector<std::string>>(count, 100);
    expect_refused_count<std::vector<bool>>(count, 100);
    expect_refused_count<std::vector<std::tuple<>>>(count, 100);
    expect_refused_count<std::deque<std::unique_ptr<int>>>(count, 100);
    expect_refused_count<std::list<char>>(count, 100);
    expect_refused_count<std::map<int, double>>(count, 100);
    expect_refused_count<std::unordered_map<std::string, int>>(count, 100);
  }
}

TEST(codec_damage, is_found_when_the_count_is_one_too_many) {
  expect_refused_count<std::vector<int>>(26, 100);
  expect_refused_count<std::string>(101, 100);
  expect_refused_count<std::vector<bool>>(801, 100);
  expect_refused_count<std::vector<std::string>>(13, 100);
}

TEST(codec_damage, is_found_in_a_bool_that_is_neither) {
  std::vector<std::byte> all(8, std::byte{2});
  EXPECT_THROW(decode_first<bool>(all, 1), yoke::damaged_payload);
  EXPECT_THROW(decode_first<std::optional<char>>(all, 2), yoke::damaged_payload);
  EXPECT_THROW(decode_first<std::unique_ptr<char>>(all, 2), yoke::damaged_payload);
}

TEST(codec_damage, is_found_in_the_index_of_a_variant) {
  using sum = std::variant<char, int>;
  std::vector<std::byte> all(8, std::byte{2});
  EXPECT_THROW(decode_first<sum>(all, 8), yoke::damaged_payload);
}

TEST(codec_damage, says_what_was_wanted_and_what_to_look_at) {
  try {
    decode_first<int>(encoded(7), 3);
    FAIL() << "nothing was thrown";
  } catch (const yoke::damaged_payload& e) {
    EXPECT_STREQ(
        e.what(),
        "a payload ends too early: 4 more wanted, room for 3; does each yoke::codec read exactly what it wrote?");
  }
}
