#include "bench/results/fields.hpp"
#include "bench/results/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace yoke::bench {
namespace {

using nlohmann::ordered_json;

/// rounded keeps nine digits: a nanosecond in a second. More would be noise, and twice the bytes.
double rounded(double value) {
  if (!std::isfinite(value)) return value;
  double shorter = value;
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 8);
  std::from_chars(text.data(), written.ptr, shorter);
  return shorter;
}

template <class Element>
ordered_json node(const std::vector<Element>& values);

template <class Value>
ordered_json node(const Value& value) {
  if constexpr (requires { visit_fields(value, [](const char*, const auto&) {}); }) {
    ordered_json object = ordered_json::object();
    visit_fields(value, [&](const char* name, const auto& member) { object[name] = node(member); });
    return object;
  } else if constexpr (std::same_as<Value, backend> || std::same_as<Value, scaling>) {
    return std::string{to_string(value)};
  } else if constexpr (std::same_as<Value, double>) {
    return rounded(value);
  } else if constexpr (std::same_as<Value, chunk_span>) {
    return ordered_json::array({value.worker, value.first, value.items, rounded(value.begin), rounded(value.end)});
  } else {
    return value;
  }
}

template <class Element>
ordered_json node(const std::vector<Element>& values) {
  ordered_json array = ordered_json::array();
  for (const Element& each : values) array.push_back(node(each));
  return array;
}

/// A repetition stands on a line of its own, and so do the members of what holds it.
constexpr int levels_above_repetition = 4;

void print(std::string& out, const ordered_json& value, int level) {
  if (level > levels_above_repetition - 1 || !value.is_structured() || value.empty()) {
    out += value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    return;
  }
  const bool object = value.is_object();
  char mark = object ? '{' : '[';
  for (const auto& [name, member] : value.items()) {
    out.append(1, mark).append(1, '\n').append(static_cast<std::size_t>(level) + 1, ' ');
    if (object) out += ordered_json{name}[0].dump() + ": ";
    print(out, member, level + 1);
    mark = ',';
  }
  out.append(1, '\n').append(static_cast<std::size_t>(level), ' ').append(1, object ? '}' : ']');
}

}  // namespace

std::string to_json(const results& from) {
  std::string text;
  print(text, node(from), 0);
  return text + '\n';
}

}  // namespace yoke::bench
