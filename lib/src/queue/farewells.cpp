#include "queue/checksum.hpp"
#include "queue/coordinator_end.hpp"
#include "queue/worker_end.hpp"
#include "sys/clock.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <new>
#include <utility>

namespace yoke::detail {

bool worker_end::begin(const hook& initializer) {
  const bool begun = initializer.entry == nullptr || leave_note(initializer);
  seat_.stage.store(begun ? worker_stage::working : worker_stage::not_begun, std::memory_order_release);
  return begun;
}

void worker_end::depart(const hook& finalizer) {
  if (finalizer.entry == nullptr) return;
  seat_.stage.store(worker_stage::ending, std::memory_order_release);
  leave_note(finalizer);
  seat_.stage.store(worker_stage::ended, std::memory_order_release);
}

bool worker_end::leave_note(const hook& called) {
  arena::sink into = arena_.open(control_.delivered.load(std::memory_order_acquire));
  const bool returned = run_hook(called, into, wires_.code);
  flush_output();
  done_record& note = seat_.note;
  note = {};
  note.offset = into.offset();
  note.result_bytes = note.total_bytes = into.size();
  note.worker = wires_.worker;
  note.failed = returned ? 0 : 1;
  note.checksum = checksum_of(note, {into.data(), into.size()});
  return returned;
}

/// A private copy of what the supervisor wrote about a worker's end.
yoke::worker_end coordinator_end::end_of(std::uint32_t seat_index) const {
  const seat_control& control = layout_.control(seat_index);
  const obituary& written = layout_.obituary_of(seat_index);
  const std::size_t words = std::min<std::size_t>(written.words.load(std::memory_order_relaxed), obituary::most_words);
  yoke::worker_end end;
  end.pid = control.pid.load(std::memory_order_relaxed);
  end.signal = control.signal.load(std::memory_order_relaxed);
  end.exit_status = control.exit_status.load(std::memory_order_relaxed);
  end.user_time = std::chrono::nanoseconds{written.user_time.load(std::memory_order_relaxed)};
  end.system_time = std::chrono::nanoseconds{written.system_time.load(std::memory_order_relaxed)};
  end.peak_memory = written.peak_memory.load(std::memory_order_relaxed);
  end.last_words.assign(written.last_words.data(), words);
  return end;
}

void coordinator_end::hear(std::uint32_t seat_index) {
  seat& left = layout_.seat_at(seat_index);
  const worker_stage stage = left.stage.exchange(worker_stage::beginning);
  if (stage == worker_stage::working) return;
  farewell heard;
  heard.how = farewell::kind::died;
  heard.of_initializer = stage == worker_stage::beginning || stage == worker_stage::not_begun;
  try {
    heard.end = end_of(seat_index);
    if (stage == worker_stage::not_begun || stage == worker_stage::ended) read_note(seat_index, heard);
  } catch (const std::bad_alloc&) {
    heard.how = farewell::kind::threw;
  }
  if (heard.of_initializer) {
    false_start_ = std::move(heard);
  } else if (heard.how != farewell::kind::returned || keeps_results_) {
    farewells_.push_back(std::move(heard));
  }
}

void coordinator_end::read_note(std::uint32_t seat_index, farewell& heard) const {
  const done_record note = layout_.seat_at(seat_index).note;
  const std::size_t room = layout_.arena_range(seat_index).bytes;
  if (note.offset > room || note.total_bytes > room - note.offset) return;
  const std::span<const std::byte> bytes{layout_.arena(seat_index) + note.offset, note.total_bytes};
  if (checksum_of(note, bytes) != note.checksum) return;
  heard.how = note.failed != 0 ? farewell::kind::threw : farewell::kind::returned;
  heard.bytes.assign(bytes.begin(), bytes.end());
}

void coordinator_end::hear_all() noexcept {
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    seat_control& control = layout_.control(index);
    const auto life = seat_life::unpack(control.life.load(std::memory_order_acquire));
    if (life.what == seat_life::free) continue;
    if (life.what == seat_life::live) {  // killed along with the supervisor, which did not live to say so
      control.signal.store(SIGKILL);
      control.exit_status.store(0);
    }
    try {
      hear(index);
    } catch (const std::bad_alloc&) {
      return;  // what did not fit is dropped
    }
  }
}

}  // namespace yoke::detail
