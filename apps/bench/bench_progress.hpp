#pragma once

#include "bench/runner/bench_run.hpp"

#include <string>

namespace yoke::cli {

/// bench_progress shows on stderr what is measured next and how long the rest will take, on one line.
class bench_progress {
 public:
  explicit bench_progress(bool shown) : shown_{shown} {}
  bench_progress(const bench_progress&) = delete;
  bench_progress& operator=(const bench_progress&) = delete;
  ~bench_progress() { clear(); }

  void show(const bench::run_step& step);
  void clear();

 private:
  bool shown_;
  bool drawn_ = false;
};

/// progress_line is the text of it: "12 of 96  mandelbrot, 2 processes  35 s left".
std::string progress_line(const bench::run_step& step);

}  // namespace yoke::cli
