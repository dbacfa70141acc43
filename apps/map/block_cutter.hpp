#pragma once

#include "engine/stream_job.hpp"
#include "map/block_work.hpp"
#include "map/input_set.hpp"
#include "map/stream_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace yoke::cli {

/// block_place is where a block came from.
struct block_place {
  std::size_t input = 0;     ///< its first input
  std::uint64_t offset = 0;  ///< in that
  std::uint64_t bytes = 0;   ///< all its bytes
  bool single = false;       ///< it was tried to divide it, and it is one record: place and size are exact
  std::string record = {};   ///< then, the record's first bytes; without its newline, like the size

  /// most_record is how much is kept of a record.
  static constexpr std::size_t most_record = 200;
};

/// block_cutter cuts the inputs of a command into blocks, in their order: large files into ranges, several small files
/// into one block, streams as they come. It divides blocks between files and between records.
class block_cutter final : public detail::block_source {
 public:
  /// `block` is the size that blocks should have.
  block_cutter(const std::vector<input>& inputs, std::size_t block, detail::backend& workers)
      : inputs_{inputs}, block_{block}, workers_{workers} {}

  detail::job::supply next(detail::stream_block& out) override;
  std::size_t divide(const detail::stream_block& block, std::uint64_t first_part) override;
  void next_part(detail::stream_block& out) override;
  void release(const detail::stream_block& block) noexcept override;
  [[nodiscard]] int descriptor() const override { return stream_ ? stream_->descriptor() : -1; }

  /// settle forgets a block that is done with, and returns where it came from.
  block_place settle(std::uint64_t block);

 private:
  /// The payload of a stream's block that was divided: its parts are read there.
  class shared_payload;

  struct piece {
    block_place where;
    std::vector<file_range> ranges = {};  // of a part: its input
    kernels::bytes records = {};          // of a part of a stream: its input, which lies in
    std::shared_ptr<shared_payload> whole = {};
  };

  detail::job::supply next_of_stream(detail::stream_block& out);
  void next_ranges(detail::stream_block& out);
  void put_ranges(std::span<const file_range> ranges, detail::stream_block& out);
  [[nodiscard]] std::vector<piece> parts_of(piece& whole, const detail::stream_block& block);
  [[nodiscard]] std::vector<piece> parts_of_records(piece& whole, const block_ticket& ticket) const;
  [[nodiscard]] std::vector<piece> parts_of_range(piece& whole, const file_range& range) const;
  [[nodiscard]] static std::vector<piece> parts_of_ranges(std::span<const file_range> ranges);

  const std::vector<input>& inputs_;
  const std::size_t block_;
  detail::backend& workers_;

  std::size_t input_ = 0;     // being cut
  std::uint64_t offset_ = 0;  // in it
  std::optional<stream_source> stream_;
  std::unordered_map<std::uint64_t, piece> under_way_;  // by the block's number
};

}  // namespace yoke::cli
