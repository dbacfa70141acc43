#pragma once

#include "engine/reorder_buffer.hpp"
#include "map/block_cutter.hpp"
#include "map/progress.hpp"
#include "workers/kernels/kernel.hpp"

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace yoke::cli {

/// answer gives the results of blocks to the kernel's combiner and keeps account of blocks that failed.
class answer final : public detail::block_sink {
 public:
  answer(kernels::combiner& combiner, block_cutter& blocks, const std::vector<input>& inputs, progress& display)
      : combiner_{combiner}, blocks_{blocks}, inputs_{inputs}, progress_{display} {}

  void finished(std::uint64_t block, std::span<const std::byte> result) override;
  void failed(std::uint64_t block, std::exception_ptr error) override;

  /// failures names the blocks that were given up, each with its reason.
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }

 private:
  kernels::combiner& combiner_;
  block_cutter& blocks_;
  const std::vector<input>& inputs_;
  progress& progress_;
  std::vector<std::string> failures_;
};

}  // namespace yoke::cli
