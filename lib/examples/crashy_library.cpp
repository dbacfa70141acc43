// A C library that follows wild pointers on some inputs. Its crashes cost one item each, and the program goes on.

#include <yoke/yoke.hpp>

#include <csignal>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Stands for code that nobody here can mend.
extern "C" int crashy_checksum(const char* text) {
  if (text[0] == '!') std::raise(SIGSEGV);
  int sum = 0;
  for (; *text != '\0'; ++text) sum = sum * 31 % 9973 + *text;
  return sum;
}

namespace {

int checksum(const std::string& text) { return crashy_checksum(text.c_str()); }

/// tolerant_map is a map that leaves items out whose worker was lost: it asks again for what is behind each.
std::vector<std::optional<int>> tolerant_map(yoke::pool& pool, const std::vector<std::string>& inputs) {
  std::vector<std::optional<int>> results;
  while (results.size() < inputs.size()) {
    const auto rest = std::span{inputs}.subspan(results.size());
    try {
      for (const int sum : pool.map(rest, checksum)) results.emplace_back(sum);
    } catch (const yoke::worker_lost& lost) {
      for (const int sum : pool.map(rest.first(lost.item()), checksum)) results.emplace_back(sum);
      std::cout << inputs[results.size()] << ": " << to_string(lost.end()) << '\n';
      results.emplace_back();
    }
  }
  return results;
}

}  // namespace

int main() {
  yoke::pool pool;
  const std::vector<std::string> inputs{"fine", "!first", "fine as well", "!second", "the last"};
  for (const auto& sum : tolerant_map(pool, inputs)) std::cout << (sum ? std::to_string(*sum) : "lost") << '\n';
}
