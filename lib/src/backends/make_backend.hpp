#pragma once

#include <yoke/options.hpp>

#include "engine/backend.hpp"

#include <cstdint>
#include <memory>

namespace yoke::detail {

/// most_workers is the largest number of workers a pool takes.
inline constexpr int most_workers = 4096;

/// workers_wanted returns options.workers, or the number of usable CPUs where it is 0.
/// Throws std::invalid_argument below 0 and above most_workers.
[[nodiscard]] std::uint32_t workers_wanted(const pool_options& options);

/// make_backend starts the workers that the options ask for; a call-time team is `lent` the arrays of its pool. Throws
/// std::invalid_argument, start_error.
[[nodiscard]] std::unique_ptr<backend> make_backend(const pool_options& options,
                                                    std::shared_ptr<array_memory> lent = nullptr);

}  // namespace yoke::detail
