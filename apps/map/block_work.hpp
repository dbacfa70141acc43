#pragma once

#include <yoke/detail/chunk_call.hpp>

#include "map/input_set.hpp"
#include "workers/kernels/kernel.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace yoke::cli {

/// block_plan is what all blocks of a command have in common. Workers inherit it by address.
struct block_plan {
  const kernels::kernel* kernel;
  const std::vector<input>* inputs;
};

/// file_range is a part of a file. The block made from it is the records that *start* in it, so that neighbouring
/// ranges can be worked on by workers who know nothing of each other.
struct file_range {
  std::uint64_t input;  ///< index into the inputs
  std::uint64_t offset;
  std::uint64_t length;
};

/// block_ticket stands at the front of a chunk's payload and says what follows it.
struct block_ticket {
  std::uint64_t ranges = 0;            ///< so many file_ranges behind the ticket, or, if 0,
  std::uint64_t bytes = 0;             ///< so many bytes of records
  const std::byte* records = nullptr;  ///< behind the ticket, or in the payload of a block that this is a part of
};

/// ranges_behind returns the ranges of a payload whose ticket has some.
std::span<const file_range> ranges_behind(const std::byte* payload);

/// run_block is the chunk entry: it turns the block, or the blocks, of a ticket into a block_result.
void run_block(detail::chunk_call& call);

/// block_result reads what run_block wrote: a kind, then one result, or several with their lengths, or a message.
class block_result {
 public:
  explicit block_result(std::span<const std::byte> written) : rest_{written} {}

  /// next takes the next result; false when there are no more. Throws io_error where an input could not be read.
  bool next(std::span<const std::byte>& result);

 private:
  std::span<const std::byte> rest_;
  bool begun_ = false;
  bool many_ = false;
};

}  // namespace yoke::cli
