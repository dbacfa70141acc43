#include "bench/workloads/mandelbrot.hpp"

#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

namespace yoke::bench {
namespace {

std::uint64_t rows(problem_size size) { return by_size<std::uint64_t>(size, 8, 100, 1600); }

row render(problem_size size, std::uint64_t y) {
  const auto depths = mandelbrot::row_of(static_cast<int>(y), static_cast<int>(rows(size)));
  return {depths.begin(), depths.end()};
}

}  // namespace

workload mandelbrot_rows() {
  return with_rows({.name = "mandelbrot",
                    .summary = "rows of an image, some thirty times as long as others",
                    .family = "cpu",
                    .bound_by = {}},
                   render, rows);
}

}  // namespace yoke::bench
