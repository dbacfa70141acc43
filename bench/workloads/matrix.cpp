#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <cstring>

namespace yoke::bench {
namespace {

constexpr std::uint64_t rows_a_block = 8;

std::uint64_t order(problem_size size) { return by_size<std::uint64_t>(size, 64, 640, 1600); }
std::uint64_t blocks(problem_size size) { return order(size) / rows_a_block; }

struct factors {
  std::vector<double> left;
  std::vector<double> right;
};
factors input;

void prepare(problem_size size) {
  const std::uint64_t n = order(size);
  input = {std::vector<double>(n * n), std::vector<double>(n * n)};
  for (std::uint64_t at = 0; at < n * n; ++at) {
    input.left[at] = unit_interval(at);
    input.right[at] = unit_interval(n * n + at);
  }
}

row multiply_block(problem_size size, std::uint64_t block) {
  const std::uint64_t n = order(size);
  std::vector<double> product(rows_a_block * n);
  for (std::uint64_t r = 0; r < rows_a_block; ++r) {
    double* const out = product.data() + r * n;
    for (std::uint64_t k = 0; k < n; ++k) {
      const double factor = input.left[(block * rows_a_block + r) * n + k];
      const double* const in = input.right.data() + k * n;
      for (std::uint64_t c = 0; c < n; ++c) out[c] += factor * in[c];
    }
  }
  row bits(product.size());
  std::memcpy(bits.data(), product.data(), product.size() * sizeof(double));
  return bits;
}

}  // namespace

workload matrix() {
  return with_rows({.name = "matrix",
                    .summary = "product of two square matrices, eight rows a block",
                    .family = "cpu",
                    .bound_by = {},
                    .prepare = prepare},
                   multiply_block, blocks);
}

}  // namespace yoke::bench
