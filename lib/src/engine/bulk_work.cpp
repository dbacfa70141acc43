#include <yoke/detail/bulk_work.hpp>

namespace yoke::detail {

std::span<const std::byte> bulk_work::whole(std::uint64_t /*first*/, std::uint64_t /*count*/) const { return {}; }

void bulk_work::encode(std::uint64_t /*first*/, std::uint64_t /*count*/, byte_sink& /*into*/) const {}

}  // namespace yoke::detail
