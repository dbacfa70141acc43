#pragma once

#include "common/command_error.hpp"
#include "common/nearest.hpp"

#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace yoke::cli {

/// choice is a word that an option may have, and what it means.
template <class Value>
struct choice {
  std::string_view name;
  Value value;
};

/// choose returns what a word means. Throws usage_error that lists the choices and the nearest one.
template <class Value, std::size_t size>
Value choose(std::string_view option, std::string_view word, const std::array<choice<Value>, size>& choices) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) {
    if (name == word) return value;
    names.push_back(name);
  }
  throw usage_error{
      fmt::format("{} {}: choose one of {}{}", option, word, fmt::join(names, ", "), did_you_mean(word, names))};
}

}  // namespace yoke::cli
