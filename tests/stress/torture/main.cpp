#include "stress/torture/load.hpp"
#include "support/crash_points/crash_plan.hpp"
#include "support/killer/random_killer.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

using namespace std::chrono_literals;
using yoke_test::crash_plan;

namespace yoke_torture {
namespace {

constexpr std::string_view usage =
    "usage: torture [--seconds N] [--kills N] [--workers N] [--gap N] [--seed N]\n"
    "Runs maps, streams and reductions while workers are killed at random and at every step of the queue's protocol,\n"
    "for N seconds (60) and until N workers (0) are dead. No load may stand still for N seconds (2). Exit status 1: "
    "something was lost, doubled, torn, or stood\n"
    "still.\n";

struct settings {
  std::uint64_t seconds = 60;
  std::uint64_t kills = 0;
  std::uint64_t workers = 4;
  std::uint64_t gap = 2;
  std::uint64_t seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
};

bool parse(int count, char** words, settings& out) {
  for (int index = 1; index < count; index += 2) {
    const std::string_view name = words[index];
    std::uint64_t* const value = name == "--seconds"   ? &out.seconds
                                 : name == "--kills"   ? &out.kills
                                 : name == "--workers" ? &out.workers
                                 : name == "--gap"     ? &out.gap
                                 : name == "--seed"    ? &out.seed
                                                       : nullptr;
    if (value == nullptr || index + 1 == count) return false;
    const char* const end = words[index + 1] + std::strlen(words[index + 1]);
    if (std::from_chars(words[index + 1], end, *value).ptr != end) return false;
  }
  return out.workers > 0 && out.workers <= 64;
}

constexpr auto worker_points = static_cast<std::size_t>(crash_plan::point::bell_disarmed) + 1;

/// plan_anew has workers die at some points of the protocol often, at some seldom, at the rest not at all.
void plan_anew(dice& random) {
  static constexpr std::array<std::uint32_t, 6> odds{0, 0, 0, 30, 200, 1000};
  for (std::size_t point = 0; point < worker_points; ++point) {
    crash_plan::kill_one_in(static_cast<crash_plan::point>(point), odds[random() % odds.size()]);
  }
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class torture {
 public:
  explicit torture(const settings& wanted) : wanted_{wanted}, judge_{std::chrono::seconds{wanted.gap}} {
    const int workers = static_cast<int>(wanted.workers);
    loads_.push_back(make_map_load(workers));
    loads_.push_back(make_stream_load(workers));
    loads_.push_back(make_pool_load(workers));
    loads_.push_back(make_imap_load(workers));
    loads_.push_back(make_future_load(workers));
    loads_.push_back(make_raw_load(workers));
  }

  bool run() {
    const std::size_t descriptors = open_descriptors();
    const auto started = clock::now();
    std::vector<std::jthread> drivers;
    for (auto& each : loads_) drivers.emplace_back([this, &each] { drive(*each); });
    kill_until_the_end(started);
    ending_ = true;
    crash_plan::clear_odds();
    while (drivers_left_ > 0 && judge_.satisfied()) {
      judge_.look();
      std::this_thread::sleep_for(10ms);
    }
    const std::chrono::duration<double> took = clock::now() - started;
    report(took.count());
    if (!judge_.satisfied()) {
      std::cerr << judge_.report() << std::flush;
      ::_exit(1);  // a load that hangs cannot be joined
    }
    drivers.clear();
    if (const std::size_t now = open_descriptors(); now != descriptors) {
      std::cerr << fmt::format("{} descriptors at first, {} in the end\n", descriptors, now);
      return false;
    }
    return true;
  }

 private:
  using clock = std::chrono::steady_clock;

  void drive(load& work) {
    ++drivers_left_;
    dice random{wanted_.seed + std::hash<std::string_view>{}(work.name())};
    const std::size_t number = judge_.enter(std::string{work.name()});
    try {
      while (!ending_) work.round(random, judge_, number);
    } catch (const std::exception& error) {
      judge_.violated(std::string{work.name()} + ": " + error.what());
    }
    judge_.leave(number);
    --drivers_left_;
  }

  void kill_until_the_end(clock::time_point started) {
    dice random{wanted_.seed};
    yoke_test::random_killer killer{::getpid(), random()};
    if (killer.pools() != loads_.size()) judge_.violated("not all pools were found");
    auto next_plan = started;
    const auto end = started + std::chrono::seconds{wanted_.seconds};
    while (judge_.satisfied() && (clock::now() < end || kills() < wanted_.kills)) {
      if (clock::now() >= next_plan) {
        plan_anew(random);
        next_plan += 500ms;
      }
      if (killer.kill_one()) ++from_outside_;
      judge_.look();
      std::this_thread::sleep_for(std::chrono::microseconds{random() % 1000});
    }
  }

  [[nodiscard]] std::uint64_t kills() const { return from_outside_ + crash_plan::kills(); }

  void report(double seconds) const {
    std::cout << fmt::format(
        "torture: {} workers killed in {:.1f} s ({:.0f} per second), {} of them at a step of the protocol;\n"
        "{} results, longest gaps: {}; seed {}: {}\n",
        kills(), seconds, static_cast<double>(kills()) / seconds, crash_plan::kills(), judge_.items(), judge_.gaps(),
        wanted_.seed, judge_.satisfied() ? "nothing lost, doubled or torn" : "VIOLATED");
    for (std::size_t point = 0; point < worker_points; ++point) {
      std::cout << fmt::format("{}{:>7}", point % 9 == 0 ? "\n  " : " ",
                               crash_plan::kills(static_cast<crash_plan::point>(point)));
    }
    std::cout << "  by step\n" << std::flush;
  }

  settings wanted_;
  oracle judge_;
  std::vector<std::unique_ptr<load>> loads_;
  std::atomic<bool> ending_{false};
  std::atomic<int> drivers_left_{0};
  std::uint64_t from_outside_ = 0;
};

}  // namespace
}  // namespace yoke_torture

int main(int count, char** words) {
  yoke_torture::settings wanted;
  if (!yoke_torture::parse(count, words, wanted)) {
    std::cerr << yoke_torture::usage;
    return 2;
  }
  return yoke_torture::torture{wanted}.run() ? 0 : 1;
}
