#include "map/block_work.hpp"

#include <yoke/detail/bulk_work.hpp>

#include "common/command_error.hpp"
#include "engine/heap_sink.hpp"
#include "map/file_view.hpp"
#include "map/record_borders.hpp"

#include <cstring>
#include <string>

namespace yoke::cli {
namespace {

enum class result_kind : char { one = '1', many = 'n', unreadable = 'x' };

void put_kind(detail::byte_sink& to, result_kind kind) { to.append(&kind, sizeof kind); }

void run_range(const block_plan& plan, const file_range& range, detail::byte_sink& results) {
  const file_view file{(*plan.inputs)[range.input], range.offset, range.length};
  const std::string_view records = records_in(file.text(), range.offset, range.length);
  plan.kernel->run(kernels::as_bytes(records), results);
  file.check();
}

void run_ranges(const block_plan& plan, std::span<const file_range> ranges, detail::byte_sink& results) {
  if (ranges.size() == 1) {
    put_kind(results, result_kind::one);
    run_range(plan, ranges.front(), results);
    return;
  }
  put_kind(results, result_kind::many);
  detail::heap_sink one;
  for (const file_range& range : ranges) {
    one.clear();
    run_range(plan, range, one);
    const std::uint64_t size = one.size();
    results.append(&size, sizeof size);
    results.append(one.data(), one.size());
  }
}

}  // namespace

std::span<const file_range> ranges_behind(const std::byte* payload) {
  block_ticket ticket;
  std::memcpy(&ticket, payload, sizeof ticket);
  return {reinterpret_cast<const file_range*>(payload + sizeof ticket), ticket.ranges};
}

void run_block(detail::chunk_call& call) {
  const auto& plan = *static_cast<const block_plan*>(call.closure);
  call.marks.begin(0, 0);
  try {
    try {
      block_ticket ticket;
      std::memcpy(&ticket, call.input, sizeof ticket);
      if (ticket.ranges == 0) {
        put_kind(call.results, result_kind::one);
        plan.kernel->run({ticket.records, ticket.bytes}, call.results);
      } else {
        run_ranges(plan, ranges_behind(call.input), call.results);
      }
    } catch (const io_error& error) {
      const std::string_view message = error.what();
      call.results.truncate(0);
      put_kind(call.results, result_kind::unreadable);
      call.results.append(message.data(), message.size());
    }
    detail::finish_chunk(call);
  } catch (...) {
    detail::fail_chunk(call, 0, 0);
  }
}

bool block_result::next(std::span<const std::byte>& result) {
  if (!begun_) {
    const auto kind = static_cast<result_kind>(rest_[0]);
    rest_ = rest_.subspan(1);
    begun_ = true;
    if (kind == result_kind::unreadable) throw io_error{std::string{kernels::text(rest_)}};
    many_ = kind == result_kind::many;
    if (!many_) {
      result = rest_;
      rest_ = {};
      return true;
    }
  }
  if (rest_.empty()) return false;
  std::uint64_t size = 0;
  std::memcpy(&size, rest_.data(), sizeof size);
  result = rest_.subspan(sizeof size, size);
  rest_ = rest_.subspan(sizeof size + size);
  return true;
}

}  // namespace yoke::cli
