#pragma once

#include <cstdint>
#include <exception>

namespace yoke::detail {

/// failure_of returns a caught exception as the error of an item: of the same type where it is a standard one or one of
/// yoke's, else a task_error, and a task_failure as well. `worker` is the one that ran the item, 0 where that is not
/// known.
std::exception_ptr failure_of(std::exception_ptr caught, std::uint64_t item, int worker) noexcept;

}  // namespace yoke::detail
