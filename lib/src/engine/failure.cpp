#include "engine/failure.hpp"

#include <yoke/codec.hpp>
#include <yoke/detail/bulk_work.hpp>
#include <yoke/detail/error_record.hpp>
#include <yoke/errors.hpp>

#include <string>

namespace yoke::detail {

std::exception_ptr task_failure_error(std::span<const std::byte> encoded, std::uint64_t item, int worker) {
  try {
    if (encoded.empty()) rethrow(describe(std::make_exception_ptr(std::bad_alloc{})), item, worker);
    byte_reader reader{encoded};
    rethrow(decode<error_record>(reader), item, worker);
  } catch (...) {
    return std::current_exception();
  }
}

std::exception_ptr loss_error(std::uint64_t item, const chunk_message& chunk, const chunk_event& event,
                              const death_count& deaths) {
  yoke::worker_end end;
  if (event.end != nullptr) end = *event.end;
  end.pid = event.worker;
  end.signal = event.signal;
  end.exit_status = event.exit_status;
  end.out_of_memory = event.cause == end_cause::memory;
  if (event.cause == end_cause::deadline) return std::make_exception_ptr(task_timeout{item, end, chunk.deadline});
  return std::make_exception_ptr(worker_lost{item, end, static_cast<int>(deaths.external + deaths.crashes)});
}

std::exception_ptr cancelled_error(const std::string& reason) {
  return std::make_exception_ptr(cancelled{"yoke: " + reason});
}

std::exception_ptr shut_down_error(const std::string& reason) {
  return std::make_exception_ptr(pool_shut_down{"yoke: " + reason});
}

void finish_chunk(chunk_call& call) { finish_chunk(call, call.count, call.results.size()); }

void finish_chunk(chunk_call& call, std::uint64_t done, std::uint64_t bytes) {
  call.items_done = done;
  call.result_bytes = bytes;
  call.results.truncate(bytes);
}

void fail_chunk(chunk_call& call, std::uint64_t done, std::uint64_t bytes) noexcept {
  const std::exception_ptr caught = std::current_exception();
  call.failed = true;
  call.items_done = done;
  call.result_bytes = bytes;
  call.results.truncate(bytes);
  error_record record = describe(caught);
  try {
    if (record.kind == error_kind::too_large) record.text.insert(0, "item " + std::to_string(call.first + done) + ": ");
    encode(call.results, record);
  } catch (...) {
    // No room for the words. The type still fits where the results were.
    call.results.truncate(bytes);
    try {
      encode(call.results, error_record{.kind = record.kind, .type = {}, .text = {}, .paths = {}, .cause = {}});
    } catch (...) {
      call.results.truncate(bytes);
    }
  }
}

}  // namespace yoke::detail
