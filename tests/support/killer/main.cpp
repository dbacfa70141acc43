#include "support/killer/random_killer.hpp"
#include "sys/process.hpp"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <random>
#include <string_view>
#include <thread>

namespace {

constexpr std::string_view usage =
    "usage: yoke_killer PID [KILLS_PER_SECOND [SECONDS]]\n"
    "Kills workers of the process pools of program PID at random, until it ends or the time is over.\n"
    "Default: 100 a second, for 10 seconds.\n";

bool parse(const char* text, int& value) {
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  return error == std::errc{} && *end == '\0' && value > 0;
}

}  // namespace

int main(int count, char** words) {
  int coordinator = 0;
  int per_second = 100;
  int seconds = 10;
  const std::string_view first = count > 1 ? words[1] : "";
  if (first == "--help" || first == "-h") {
    std::cout << usage;
    return 0;
  }
  const bool understood = count >= 2 && count <= 4 && parse(words[1], coordinator) &&
                          (count < 3 || parse(words[2], per_second)) && (count < 4 || parse(words[3], seconds));
  if (!understood) {
    std::cerr << usage;
    return 2;
  }
  using clock = std::chrono::steady_clock;
  const std::uint64_t seed = std::random_device{}();
  yoke_test::random_killer killer{coordinator, seed};
  if (::kill(coordinator, 0) != 0 && errno == ESRCH) {
    std::cerr << "yoke_killer: there is no process " << coordinator << "; pidof PROGRAM finds it\n";
    return 1;
  }
  if (killer.pools() == 0) {
    std::cerr << "yoke_killer: process " << coordinator << " has no pool of processes\n";
    return 1;
  }
  std::mt19937_64 random{seed};
  std::exponential_distribution<double> pause{static_cast<double>(per_second)};
  std::uint64_t kills = 0;
  for (const auto end = clock::now() + std::chrono::seconds{seconds}; clock::now() < end;) {
    if (killer.kill_one()) ++kills;
    std::this_thread::sleep_for(std::chrono::duration<double>{pause(random)});
  }
  std::cout << kills << " workers killed in " << killer.pools()
            << (killer.pools() == 1 ? " pool, seed " : " pools, seed ") << seed << '\n';
}
