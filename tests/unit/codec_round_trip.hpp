#pragma once

#include <yoke/codec.hpp>

#include "engine/heap_sink.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace yoke_test {

template <class T>
std::vector<std::byte> encoded(const T& value) {
  yoke::detail::heap_sink sink;
  yoke::encode(sink, value);
  return {sink.bytes().begin(), sink.bytes().end()};
}

/// round_trip decodes a T from its own encoding, which lies at an odd address, and expects nothing to be left over.
template <class T>
T round_trip(const T& value) {
  const std::vector<std::byte> bytes = encoded(value);
  const auto odd = std::make_unique<std::byte[]>(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), odd.get() + 1);
  yoke::byte_reader in{{odd.get() + 1, bytes.size()}};
  T result = yoke::decode<T>(in);
  EXPECT_EQ(in.left(), 0U);
  return result;
}

}  // namespace yoke_test
