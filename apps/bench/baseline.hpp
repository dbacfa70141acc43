#pragma once

#include "bench/results/results.hpp"

#include <string>

namespace yoke::cli {

/// comparison says what has changed: a line for each cell whose time differs for certain.
struct comparison {
  std::string text;
  bool slower = false;  ///< something is slower, beyond noise
};

/// baseline is results of an earlier run to compare with.
class baseline {
 public:
  /// Reads a file of results. Throws io_error.
  explicit baseline(const std::string& file);

  /// compare matches cells by workload, backend, workers and items. A ratio whose interval straddles 1 +- the noise is
  /// no difference.
  [[nodiscard]] comparison compare(const bench::results& now) const;

 private:
  std::string file_;
  bench::results before_;
};

}  // namespace yoke::cli
