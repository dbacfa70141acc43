#pragma once

#include "engine/reorder_buffer.hpp"
#include "map/block_cutter.hpp"
#include "map/progress.hpp"
#include "map/quarantine.hpp"
#include "workers/kernels/kernel.hpp"

#include <cstdint>
#include <exception>
#include <span>

namespace yoke::cli {

/// answer gives the results of blocks to the kernel's combiner, and those that failed to the quarantine.
class answer final : public detail::block_sink {
 public:
  answer(kernels::combiner& combiner, block_cutter& blocks, quarantine& failures, progress& display)
      : combiner_{combiner}, blocks_{blocks}, quarantine_{failures}, progress_{display} {}

  void finished(std::uint64_t block, std::span<const std::byte> result) override;
  void failed(std::uint64_t block, std::exception_ptr error) override;

 private:
  kernels::combiner& combiner_;
  block_cutter& blocks_;
  quarantine& quarantine_;
  progress& progress_;
};

}  // namespace yoke::cli
