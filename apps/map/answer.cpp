#include "map/answer.hpp"

#include "map/block_work.hpp"

#include <utility>

namespace yoke::cli {

void answer::finished(std::uint64_t block, std::span<const std::byte> result) {
  progress_.add(blocks_.settle(block).bytes);
  block_result parts{result};
  for (std::span<const std::byte> part; parts.next(part);) combiner_.add(part);
}

void answer::failed(std::uint64_t block, std::exception_ptr error) {
  const block_place where = blocks_.settle(block);
  progress_.add(where.bytes);
  progress_.add_failed();
  quarantine_.add(where, std::move(error));
}

}  // namespace yoke::cli
