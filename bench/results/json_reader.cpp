#include "bench/results/check.hpp"
#include "bench/results/fields.hpp"
#include "bench/results/json.hpp"
#include "bench/results/whole_text.hpp"
#include "sys/file_descriptor.hpp"
#include "sys/visible_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace yoke::bench {
namespace {

using nlohmann::json;

constexpr std::string_view measure_again = "measure again with yoke bench --json";

/// reader turns JSON into structures and knows at any time which place it is at, for messages.
class reader {
 public:
  explicit reader(const std::string& name) : name_{name} {}

  [[noreturn]] void refuse(std::string_view what) const {
    throw results_error{fmt::format("{}: {}{}{}; {}", name_, place_, place_.empty() ? "" : ": ",
                                    detail::visible_text(what), measure_again)};
  }

  template <class Structure>
  void read(const json& from, Structure& into) requires requires {
    visit_fields(into, [](const char*, auto&) {});
  }
  {
    if (!from.is_object()) wrong(from, "an object");
    visit_fields(into, [&](const char* name, auto& member) {
      const auto found = from.find(name);
      if (found == from.end()) refuse(fmt::format("has no member '{}'", name));
      const inside here{*this, (place_.empty() ? "" : ".") + std::string{name}};
      read(*found, member);
    });
  }

  void read(const json& from, std::string& into) const {
    if (!from.is_string()) wrong(from, "a text");
    into = from.get<std::string>();
  }

  void read(const json& from, bool& into) const {
    if (!from.is_boolean()) wrong(from, "true or false");
    into = from.get<bool>();
  }

  void read(const json& from, double& into) const {
    if (!from.is_number() && !from.is_null()) wrong(from, "a number or null");
    into = from.is_null() ? unknown : from.get<double>();
  }

  template <std::integral Integer>
  void read(const json& from, Integer& into) const {
    const bool fits = from.is_number_unsigned()
                          ? from.get<std::uint64_t>() <= static_cast<std::uint64_t>(limit<Integer>)
                          : from.is_number_integer() && std::is_signed_v<Integer> &&
                                from.get<std::int64_t>() >= -static_cast<std::int64_t>(limit<Integer>);
    if (!fits) wrong(from, std::is_signed_v<Integer> ? "a whole number" : "a whole number, 0 or more");
    into = from.get<Integer>();
  }

  void read(const json& from, backend& into) const {
    choose(from, into, {backend::serial, backend::threads, backend::processes});
  }

  void read(const json& from, scaling& into) const {
    choose(from, into, {scaling::strong, scaling::weak, scaling::count});
  }

  void read(const json& from, chunk_span& into) {
    if (!from.is_array() || from.size() != 5) wrong(from, "[worker, first item, items, begin, end]");
    read(from[0], into.worker);
    read(from[1], into.first);
    read(from[2], into.items);
    read(from[3], into.begin);
    read(from[4], into.end);
  }

  template <class Element>
  void read(const json& from, std::vector<Element>& into) {
    if (!from.is_array()) wrong(from, "a list");
    into.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      const inside here{*this, fmt::format("[{}]", i)};
      read(from[i], into[i]);
    }
  }

 private:
  template <class Integer>
  static constexpr Integer limit = std::numeric_limits<Integer>::max();

  class inside {
   public:
    inside(reader& of, const std::string& step) : place_{of.place_}, length_{place_.size()} { place_ += step; }
    ~inside() { place_.resize(length_); }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

   private:
    std::string& place_;
    std::size_t length_;
  };

  [[noreturn]] void wrong(const json& found, std::string_view expected) const {
    std::string shown = found.dump(-1, ' ', false, json::error_handler_t::replace);
    if (shown.size() > 40) shown = shown.substr(0, 40) + "...";
    refuse(fmt::format("{} was expected, not {}", expected, shown));
  }

  template <class Choice>
  void choose(const json& from, Choice& into, std::initializer_list<Choice> choices) const {
    std::string words;
    for (const Choice each : choices) {
      if (from.is_string() && from.get_ref<const std::string&>() == to_string(each)) {
        into = each;
        return;
      }
      words += fmt::format("{}\"{}\"", words.empty() ? "" : " or ", to_string(each));
    }
    wrong(from, words);
  }

  const std::string& name_;
  std::string place_;
};

std::ptrdiff_t line_of(std::string_view text, std::size_t byte) {
  return 1 + std::ranges::count(text.substr(0, std::min(byte, text.size())), '\n');
}

/// around is a piece of the line that a byte is in.
std::string_view around(std::string_view text, std::size_t byte) {
  text = text.substr(byte < 8 ? 0 : byte - 8, 16);
  const std::size_t newline = text.substr(0, 7).rfind('\n');
  if (newline != text.npos) text.remove_prefix(newline + 1);
  return text.substr(0, text.find('\n'));
}

json parse(std::string_view text, const std::string& name) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    const auto end = text.find_last_not_of(" \n\r\t");
    if (end == text.npos) throw results_error{fmt::format("{}: it is empty; {}", name, measure_again)};
    if (error.byte > end + 1)
      throw results_error{fmt::format("{}: line {}: it is cut off, the file ends in the middle; {}, or copy it again",
                                      name, line_of(text, error.byte), measure_again)};
    throw results_error{fmt::format("{}: line {}: it is no JSON at '{}' (an unknown number is null there, not NaN); {}",
                                    name, line_of(text, error.byte), detail::visible_text(around(text, error.byte)),
                                    measure_again)};
  } catch (const json::out_of_range& error) {
    throw results_error{fmt::format("{}: a number is out of range ({}); {}", name, error.what(), measure_again)};
  }
}

}  // namespace

results from_json(std::string_view text, const std::string& name) {
  const json whole = parse(text, name);
  reader from{name};
  const auto version = whole.is_object() ? whole.find("schema") : whole.end();
  if (!whole.is_object() || version == whole.end())
    from.refuse("it does not hold results of yoke bench (there is no member 'schema')");
  if (*version != schema_version)
    throw results_error{
        fmt::format("{}: schema: its version is {}, and this yoke ({}) reads version {}; read it with the "
                    "yoke that wrote it, or {}",
                    name, version->dump(), YOKE_VERSION, schema_version, measure_again)};
  results into;
  from.read(whole, into);
  if (const std::string wrong = first_contradiction(into); !wrong.empty()) from.refuse(wrong);
  return into;
}

results read_results(int descriptor, const std::string& name) { return from_json(whole_text(descriptor, name), name); }

results read_results(const std::string& path) {
  constexpr std::string_view cure = "name the file that yoke bench --json wrote";
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw results_error{fmt::format("{}: is a directory; {}", path, cure)};
  const detail::file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) throw results_error{fmt::format("{}: {}; {}", path, std::system_category().message(errno), cure)};
  return read_results(file.get(), path);
}

}  // namespace yoke::bench
