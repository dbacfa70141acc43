#include "bench/bench_progress.hpp"

#include "bench/cut_text.hpp"

#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::string_view wipe = "\r\x1b[K";

void put(std::string_view text) { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr)); }

std::string what_of(const bench::cell_plan* next) {
  if (next == nullptr) return "the machine's ceiling";
  if (next->backend == yoke::backend::serial) return fmt::format("{}, serial", next->load->name);
  return fmt::format("{}, {} {}{}", next->load->name, next->workers, to_string(next->backend),
                     next->backend == yoke::backend::processes && next->workers != 1 ? "es"
                     : next->workers != 1                                            ? "s"
                                                                                     : "");
}

}  // namespace

std::string progress_line(const bench::run_step& step) {
  std::string line = fmt::format("{} of {}  {}", step.done, step.all, what_of(step.next));
  if (step.seconds_left > 0) line += fmt::format("  {:.0f} s left", std::ceil(step.seconds_left));
  return line;
}

void bench_progress::show(const bench::run_step& step) {
  if (!shown_) return;
  put(std::string{wipe} + cut_text(progress_line(step), 79));
  drawn_ = true;
}

void bench_progress::clear() {
  if (drawn_) put(wipe);
  drawn_ = false;
}

}  // namespace yoke::cli
