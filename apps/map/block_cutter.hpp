#pragma once

#include "engine/stream_job.hpp"
#include "map/block_work.hpp"
#include "map/input_set.hpp"
#include "map/stream_source.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace yoke::cli {

/// block_cutter cuts the inputs of a command into blocks, in their order: large files into ranges, several small files
/// into one block, streams as they come.
class block_cutter final : public detail::block_source {
 public:
  /// `block` is the size that blocks should have.
  block_cutter(const std::vector<input>& inputs, std::size_t block, detail::backend& workers)
      : inputs_{inputs}, block_{block}, workers_{workers} {}

  detail::job::supply next(detail::stream_block& out) override;
  void release(const detail::stream_block& block) noexcept override;
  [[nodiscard]] int descriptor() const override { return stream_ ? stream_->descriptor() : -1; }

  /// place is where a block came from: its first input, and all its bytes.
  struct place {
    std::size_t input = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };

  /// settle forgets a block that is done with, and returns where it came from.
  place settle(std::uint64_t block);

 private:
  detail::job::supply next_of_stream(detail::stream_block& out);
  void next_ranges(detail::stream_block& out);

  const std::vector<input>& inputs_;
  const std::size_t block_;
  detail::backend& workers_;

  std::size_t input_ = 0;     // being cut
  std::uint64_t offset_ = 0;  // in it
  std::optional<stream_source> stream_;
  std::uint64_t cut_ = 0;  // blocks so far
  std::unordered_map<std::uint64_t, place> under_way_;
};

}  // namespace yoke::cli
