#pragma once

#include "queue/queue_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace yoke::detail {

/// checksum_of is XXH3 over a record, its own checksum left out, and the results it speaks of.
[[nodiscard]] std::uint64_t checksum_of(const done_record& record, std::span<const std::byte> results);

}  // namespace yoke::detail
