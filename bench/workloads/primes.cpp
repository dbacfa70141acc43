#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

namespace yoke::bench {
namespace {

constexpr std::uint64_t block = 2000;

bool is_prime(std::uint32_t number) {
  if (number < 4) return number > 1;
  if (number % 2 == 0) return false;
  for (std::uint32_t divisor = 3; divisor * divisor <= number; divisor += 2) {
    if (number % divisor == 0) return false;
  }
  return true;
}

std::uint64_t primes_in_block(problem_size /*size*/, std::uint64_t index) {
  std::uint64_t count = 0;
  const auto first = static_cast<std::uint32_t>(index * block);
  for (std::uint32_t number = first; number < first + block; ++number) count += is_prime(number) ? 1 : 0;
  return count;
}

std::uint64_t blocks(problem_size size) { return by_size<std::uint64_t>(size, 20, 750, 5000); }

}  // namespace

workload primes() {
  return with_numbers({.name = "primes",
                       .summary = "primes by trial division, in blocks of 2000 numbers",
                       .family = "cpu",
                       .bound_by = "CPU bound"},
                      primes_in_block, blocks);
}

}  // namespace yoke::bench
