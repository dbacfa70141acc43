#pragma once

#include "engine/heap_sink.hpp"
#include "workers/kernels/kernel.hpp"

#include <cstddef>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace yoke_test {

/// answer is what a kernel wrote, and its exit status.
struct answer {
  std::string text;
  int status;
  bool operator==(const answer&) const = default;
};

/// given_words are a kernel's command-line words: flags by long name, with their argument behind '='.
struct given_words {
  std::vector<std::string> flags;
  std::vector<std::string> operands;
};

/// make_kernel builds a built-in kernel. Throws bad_operand as the kernel does.
inline std::unique_ptr<yoke::kernels::kernel> make_kernel(std::string_view name, const given_words& given) {
  const auto& spec = *yoke::kernels::find_kernel(name);
  yoke::kernels::words words;
  for (const std::string& word : given.flags) {
    const std::string_view key = std::string_view{word}.substr(0, word.find('='));
    for (const auto& flag : spec.flags) {
      if (flag.name == key)
        words.flags.push_back(
            {&flag, std::string_view{word}.substr(flag.value.empty() ? word.size() : key.size() + 1)});
    }
  }
  words.operands.assign(given.operands.begin(), given.operands.end());
  return spec.make(words);
}

class collected_output final : public yoke::kernels::output {
 public:
  void write(yoke::kernels::bytes data) override { text += yoke::kernels::text(data); }
  std::string text;
};

/// run_on_blocks runs a kernel on each block and joins the results.
inline answer run_on_blocks(const yoke::kernels::kernel& kernel, const std::vector<std::string_view>& blocks) {
  collected_output out;
  const auto combiner = kernel.collect(out);
  for (const std::string_view block : blocks) {
    yoke::detail::heap_sink result;
    kernel.run(yoke::kernels::as_bytes(block), result);
    combiner->add(result.bytes());
  }
  const int status = combiner->finish();
  return {out.text, status};
}

inline answer run_whole(const yoke::kernels::kernel& kernel, std::string_view text) {
  return run_on_blocks(kernel, {text});
}

/// cut splits a text into blocks of whole lines, at borders chosen by `random`.
inline std::vector<std::string_view> cut(std::string_view text, std::mt19937& random) {
  std::vector<std::string_view> blocks;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n', random() % (text.size() / 4 + 1));
    const std::size_t size = newline == std::string_view::npos ? text.size() : newline + 1;
    blocks.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return blocks;
}

/// random_text strings `size` bytes out of `alphabet` together.
inline std::string random_text(std::mt19937& random, std::size_t size, std::string_view alphabet) {
  std::string text(size, ' ');
  for (char& byte : text) byte = alphabet[random() % alphabet.size()];
  return text;
}

/// random_bytes strings any bytes together.
inline std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string text(size, ' ');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

/// fixed_seed makes a failure repeatable; the number is part of the test's output when it fails.
inline constexpr unsigned fixed_seed = 20240229;

}  // namespace yoke_test
