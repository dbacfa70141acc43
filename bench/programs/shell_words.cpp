#include "bench/programs/shell_words.hpp"

namespace yoke::bench {

std::string shell_word(std::string_view word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:,=@%";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return std::string{word};
  std::string quoted = "'";
  for (const char each : word) {
    if (each == '\'') quoted += "'\\'";
    quoted += each;
  }
  return quoted + '\'';
}

std::string shell_words(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& each : command) text.append(text.empty() ? "" : " ").append(shell_word(each));
  return text;
}

}  // namespace yoke::bench
