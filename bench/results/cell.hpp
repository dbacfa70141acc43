#pragma once

#include <yoke/backend.hpp>

#include "bench/results/repetition.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yoke::bench {

/// scaling says what a cell's items are meant to show.
enum class scaling : std::uint8_t {
  strong,  ///< the same items for any number of workers
  weak,    ///< as many items per worker for any number of workers
  count,   ///< another number of items on as many workers: the slope of time is the cost of an item
};

/// to_string returns "strong", "weak" or "count".
std::string_view to_string(scaling value);

/// workload_record is what a reader of results has to know of a workload.
struct workload_record {
  std::string name;               ///< "mandelbrot"
  std::string title;              ///< "Mandelbrot rows"
  std::string about;              ///< a sentence: what it computes, what it shows
  std::string kind;               ///< "cpu", "memory", "overhead", "processes win", "processes lose", "io" or "user"
  std::string size;               ///< "small", "medium" or "large"
  std::uint64_t items = 0;        ///< of the strong cells
  std::string item;               ///< what one is: "a row of 1,000 points"
  double item_seconds = unknown;  ///< how long an item is meant to take, where the workload says so (spin)
  std::string hash;               ///< of the serial reference's results
  std::string expected;           ///< the bound that a calibrated workload must be classified as; else empty
};

/// cell is one combination of workload, backend, number of workers and items, with all that was measured of it.
///
/// The serial loop is a cell as well: backend serial, 1 worker.
struct cell {
  std::string workload;  ///< a workload_record's name
  yoke::backend backend = yoke::backend::serial;
  int workers = 1;
  scaling shows = scaling::strong;
  std::uint64_t items = 0;
  std::uint64_t chunk = 0;  ///< items per chunk, where fixed; 0 = the engine chose
  std::string error;        ///< why there is no figure (crash, wrong hash); empty when all went well
  std::vector<repetition> repetitions;
};

}  // namespace yoke::bench
