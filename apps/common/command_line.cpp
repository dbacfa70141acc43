#include "common/command_line.hpp"

#include "common/command_error.hpp"
#include "common/nearest.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <getopt.h>

namespace yoke::cli {
namespace {

constexpr int first_index = 256;

std::string spelling(const flag& f) {
  return f.name.empty() ? fmt::format("-{}", f.letter) : fmt::format("--{}", f.name);
}

[[noreturn]] void refuse_unknown(const command_syntax& syntax, std::string_view option) {
  std::vector<std::string> spellings;
  for (const flag& f : syntax.flags) spellings.push_back(spelling(f));
  const std::vector<std::string_view> names{spellings.begin(), spellings.end()};
  std::string cure = syntax.cure ? syntax.cure(option) : std::string{};
  if (cure.empty() && option.starts_with("--")) cure = did_you_mean(option, names);
  if (cure.empty()) cure = fmt::format("; {} --help lists them", syntax.name);
  throw usage_error{fmt::format("unknown option {}{}", option, cure)};
}

}  // namespace

words parse_words(const command_syntax& syntax, std::span<char*> arguments) {
  std::string letters = syntax.operands == operand_place::behind_options ? "+:" : ":";
  std::vector<std::string> names;
  std::vector<option> options;
  names.reserve(syntax.flags.size());
  for (std::size_t i = 0; i < syntax.flags.size(); ++i) {
    const flag& f = syntax.flags[i];
    const bool has_value = !f.value.empty();
    if (f.letter != 0) letters.append(1, f.letter).append(has_value ? ":" : "");
    if (f.name.empty()) continue;
    names.emplace_back(f.name);
    options.push_back({names.back().c_str(), has_value ? required_argument : no_argument, nullptr,
                       first_index + static_cast<int>(i)});
  }
  options.push_back({});

  words given;
  opterr = 0;
  optind = 0;
  const int count = static_cast<int>(arguments.size());
  for (;;) {
    const int before = optind == 0 ? 1 : optind;
    const int met = getopt_long(count, arguments.data(), letters.c_str(), options.data(), nullptr);
    if (met == -1) break;
    if (met == ':')
      throw usage_error{fmt::format("option {} needs an argument", arguments[std::max(before, optind - 1)])};
    if (met == '?') {
      const std::string_view word = arguments[optind - 1];
      if (optopt >= first_index) {
        const flag& f = syntax.flags[static_cast<std::size_t>(optopt - first_index)];
        throw usage_error{fmt::format("option {} takes no argument", spelling(f))};
      }
      if (optopt != 0) refuse_unknown(syntax, fmt::format("-{}", static_cast<char>(optopt)));
      refuse_unknown(syntax, word.substr(0, word.find('=')));
    }
    const auto found = met >= first_index ? syntax.flags.begin() + (met - first_index)
                                          : std::ranges::find(syntax.flags, static_cast<char>(met), &flag::letter);
    given.flags.push_back({&*found, optarg != nullptr ? std::string_view{optarg} : std::string_view{}});
  }
  given.operands.assign(arguments.begin() + optind, arguments.end());
  return given;
}

std::string describe_flags(std::span<const flag> flags) {
  std::string text;
  for (const flag& f : flags) {
    std::string left = f.letter != 0 ? fmt::format("-{}", f.letter) : "    ";
    if (!f.name.empty()) left += fmt::format("{}--{}", f.letter != 0 ? ", " : "", f.name);
    if (!f.value.empty()) left += fmt::format("{}{}", f.name.empty() ? " " : "=", f.value);
    text +=
        left.size() < 26 ? fmt::format("  {:<26}{}\n", left, f.help) : fmt::format("  {}\n{:28}{}\n", left, "", f.help);
  }
  return text;
}

}  // namespace yoke::cli
