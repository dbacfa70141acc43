#include "engine/job.hpp"

namespace yoke::detail {

bool job::divide(const chunk_message& /*chunk*/) { return false; }

void job::fail(std::uint64_t /*item*/, std::exception_ptr error) { std::rethrow_exception(error); }

void job::observe(std::uint64_t /*first*/, std::uint64_t /*items*/, std::chrono::nanoseconds /*took*/) {}

}  // namespace yoke::detail
