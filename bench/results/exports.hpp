#pragma once

#include "bench/results/results.hpp"

#include <string>

namespace yoke::bench {

/// to_google_json writes results in the shape of Google Benchmark's JSON, for its tools (compare.py): an entry per
/// repetition, named "mandelbrot/process/workers:2/real_time", in real time.
std::string to_google_json(const results& from);

/// to_csv writes a table with one row per repetition and a line of headings; what is unknown is left empty. Numbers
/// have a point, rows end in CR LF, texts are quoted where they have to be (RFC 4180).
std::string to_csv(const results& from);

/// to_chrome_trace writes the time lines that were kept as a trace for chrome://tracing, Perfetto and the like: a
/// process per repetition, a thread per worker, an event per chunk.
std::string to_chrome_trace(const results& from);

}  // namespace yoke::bench
