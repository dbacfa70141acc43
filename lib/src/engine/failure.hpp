#pragma once

#include "engine/backend.hpp"
#include "engine/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>

namespace yoke::detail {

/// task_failure_error rebuilds the exception that item `item` threw in `worker` from its encoding.
std::exception_ptr task_failure_error(std::span<const std::byte> encoded, std::uint64_t item, int worker);

/// loss_error is the error of an item of `chunk` that was running when its worker died for the last time: task_timeout
/// where it was ended at its deadline, else worker_lost.
std::exception_ptr loss_error(std::uint64_t item, const chunk_message& chunk, const chunk_event& event,
                              const death_count& deaths);

/// cancelled_error is the error of what was asked to end.
std::exception_ptr cancelled_error(const std::string& reason);

/// shut_down_error is the error of a job that the end of its pool has ended.
std::exception_ptr shut_down_error(const std::string& reason);

}  // namespace yoke::detail
