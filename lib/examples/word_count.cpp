// A reduction whose value has another type than its items: lines are folded into counts, counts are joined.
// Usage: word_count [FILE]; without a file it counts a text of its own.

#include <yoke/yoke.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using counts = std::map<std::string, long>;

counts add_line(counts so_far, const std::string& line) {
  std::istringstream words{line};
  for (std::string word; words >> word;) ++so_far[word];
  return so_far;
}

counts add(counts left, const counts& right) {
  for (const auto& [word, count] : right) left[word] += count;
  return left;
}

std::vector<std::string> lines_of(std::istream& in) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> rhyme() {
  std::vector<std::string> lines;
  for (int round = 0; round < 1000; ++round) {
    lines.emplace_back("one ox two oxen");
    lines.emplace_back("one yoke and one load");
  }
  return lines;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> lines = rhyme();
  if (argc > 1) {
    std::ifstream file{argv[1]};
    if (!file) {
      std::cerr << "word_count: cannot read " << argv[1] << '\n';
      return 1;
    }
    lines = lines_of(file);
  }

  yoke::pool pool;
  const counts words = pool.reduce(lines, counts{}, add_line, add);

  std::vector<std::pair<std::string, long>> ranking{words.begin(), words.end()};
  std::ranges::stable_sort(ranking, std::ranges::greater{}, [](const auto& entry) { return entry.second; });
  ranking.resize(std::min<std::size_t>(ranking.size(), 5));
  for (const auto& [word, count] : ranking) std::cout << count << ' ' << word << '\n';
}
