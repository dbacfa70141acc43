#include <yoke/codec.hpp>
#include <yoke/detail/bulk_work.hpp>
#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/error_record.hpp>
#include <yoke/errors.hpp>

#include "engine/running_item.hpp"
#include "engine/task_batch.hpp"

#include <algorithm>
#include <exception>

namespace yoke::detail {
namespace {

// A chunk with more results than this ends early: the next tasks are to find as much room as they would find alone.
constexpr std::size_t heaviest_results = 64 << 10;

void write_error(byte_sink& out, std::size_t begin, const error_record& record) {
  out.truncate(begin);
  try {
    encode(out, record);
  } catch (...) {
    // No room for the words. The type still fits where the result was.
    out.truncate(begin);
    try {
      encode(out, error_record{.kind = record.kind, .type = {}, .text = {}, .paths = {}, .cause = {}});
    } catch (...) {
      out.truncate(begin);
    }
  }
}

void run_one(const chunk_call& call, const task_record& record, std::span<const std::byte> body) {
  byte_sink& out = call.results;
  const std::size_t begin = out.size();
  result_frame frame{.what = result_frame::kind::value, .worker = call.worker, .bytes = 0};
  out.append(&frame, sizeof frame);
  if (record.order.load() != task_order::run) {
    frame.what = result_frame::kind::skipped;
  } else {
    running_item::obeys(record.order);
    try {
      byte_reader in{body};
      const auto entry = reinterpret_cast<task_entry>(code_here(call, reinterpret_cast<std::uintptr_t>(record.entry)));
      entry(call, in, out);
    } catch (...) {
      frame.what = result_frame::kind::error;
      write_error(out, begin + sizeof frame, describe(std::current_exception()));
    }
  }
  frame.bytes = out.size() - begin - sizeof frame;
  out.overwrite(begin, &frame, sizeof frame);
}

}  // namespace

void run_tasks_there(chunk_call& call) {
  byte_reader records{{call.input, call.input_bytes}};
  std::uint64_t k = 0;
  try {
    for (; k < call.count && call.results.size() < heaviest_results; ++k) {
      const auto& record = *reinterpret_cast<const task_record*>(records.take(sizeof(task_record)));
      const std::span body{records.take(record.bytes), record.bytes};
      call.marks.begin(k, call.results.size());
      run_one(call, record, body);
    }
  } catch (...) {
    // There is no room for one frame more. Another chunk has some.
    call.failed = k == 0;
  }
  call.items_done = k;
  call.result_bytes = call.results.size();
}

void run_tasks_here(chunk_call& call) {
  auto& batch = *static_cast<task_batch*>(const_cast<void*>(call.closure));
  const call_scope scope{batch.scope};
  const std::size_t place = batch_table::place_of(call.first);
  for (std::uint64_t k = 0; k < call.count; ++k) {
    call.marks.begin(k, 0);
    auto expected = task_order::run;
    if (!batch.orders[place + k].compare_exchange_strong(expected, task_order::begun)) continue;
    running_item::obeys(batch.orders[place + k]);
    task& one = *batch.tasks[place + k];
    one.worker_ = call.worker;
    one.run_here();
  }
  call.items_done = call.count;
  call.result_bytes = 0;
}

}  // namespace yoke::detail
