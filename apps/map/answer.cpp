#include "map/answer.hpp"

#include "map/block_work.hpp"

#include <fmt/format.h>

namespace yoke::cli {

void answer::finished(std::uint64_t block, std::span<const std::byte> result) {
  progress_.add(blocks_.settle(block).bytes);
  block_result parts{result};
  for (std::span<const std::byte> part; parts.next(part);) combiner_.add(part);
}

void answer::failed(std::uint64_t block, std::exception_ptr error) {
  const auto where = blocks_.settle(block);
  progress_.add(where.bytes);
  std::string reason = "unknown error";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    reason = e.what();
  } catch (...) {
  }
  failures_.push_back(fmt::format("{}: the block of {} bytes from byte {}: {}", inputs_[where.input].label(),
                                  where.bytes, where.offset, reason));
}

}  // namespace yoke::cli
