// A C library that follows wild pointers on some inputs. Its crashes cost one item each, and the program goes on.

#include <yoke/yoke.hpp>

#include <csignal>
#include <exception>
#include <iostream>
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

}  // namespace

int main() {
  yoke::pool pool;
  const std::vector<std::string> inputs{"fine", "!first", "fine as well", "!second", "the last"};
  for (const yoke::outcome<int>& sum : pool.imap(inputs, checksum, yoke::outcomes)) {
    if (sum) {
      std::cout << *sum << '\n';
      continue;
    }
    try {
      std::rethrow_exception(sum.error());
    } catch (const yoke::worker_lost& lost) {
      std::cout << inputs[lost.item()] << ": " << to_string(lost.end()) << '\n';
    }
  }
}
