// Three ways to end work early: a deadline for each item, cancelling one task, and cancelling all calls of a pool.

#include <yoke/yoke.hpp>

#include <chrono>
#include <iostream>
#include <ranges>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// search finds the answer at once for most, and never for 3.
int search(int number) {
  while (number == 3) std::this_thread::sleep_for(1ms);
  return number * number;
}

int slow(int number) {
  std::this_thread::sleep_for(1ms);
  return number;
}

}  // namespace

int main() {
  yoke::pool pool{{.workers = 2}};

  try {
    pool.map(std::views::iota(0, 6), search, {.deadline = 200ms});
  } catch (const yoke::task_timeout& late) {
    std::cout << "item " << late.item() << " took too long\n";
  }

  // With yoke::outcomes the others are not lost, either.
  int found = 0;
  for (const auto& each : pool.imap(std::views::iota(0, 6), search, yoke::outcomes, {.deadline = 200ms})) {
    if (each.has_value()) ++found;
  }
  std::cout << found << " of 6 found\n";

  auto endless = pool.submit(search, 3);
  auto quick = pool.submit(search, 4);
  std::cout << "the quick one says " << quick.get() << '\n';
  std::cout << (endless.cancel() ? "the endless one is cancelled\n" : "too late\n");

  // cancel() lets items end that are running and drops the rest of all calls, from any thread. The pool stays usable.
  std::jthread other{[&pool] {
    std::this_thread::sleep_for(50ms);
    pool.cancel();
  }};
  try {
    pool.map(std::views::iota(0, 100'000), slow);
  } catch (const yoke::cancelled&) {
    std::cout << "cancelled\n";
  }
  std::cout << "and the pool still works: " << pool.map(std::vector{5}, search).front() << '\n';
}
