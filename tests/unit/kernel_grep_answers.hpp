#pragma once

#include "kernel_support.hpp"
#include "support/program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace yoke_test {

/// grep runs the kernel over a text as one block; flags by their long names.
inline answer grep(const std::vector<std::string>& flags, const std::string& pattern, std::string_view text) {
  return run_whole(*make_kernel("grep", {flags, {pattern}}), text);
}

/// real_grep is what GNU grep says in the C locale; -a, as NUL is a byte like any other here.
inline answer real_grep(const std::vector<std::string>& flags, const std::string& pattern, std::string_view text) {
  std::vector<std::string> words{"grep", "-a"};
  for (const auto& flag : flags) words.push_back("--" + flag);
  words.insert(words.end(), {"-e", pattern});
  const auto ended = program{words}.environment("LC_ALL", "C").input(std::string{text}).run();
  return {ended.out, ended.status};
}

}  // namespace yoke_test
