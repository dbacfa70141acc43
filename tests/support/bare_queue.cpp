#include "support/bare_queue.hpp"

namespace yoke_test {

using namespace yoke::detail;

void event_log::on_event(const chunk_event& event) {
  std::vector<std::uint64_t> results(event.results.size() / sizeof(std::uint64_t));
  if (!results.empty()) std::memcpy(results.data(), event.results.data(), results.size() * sizeof(std::uint64_t));
  events.push_back({event.what, event.tag, event.items_done, std::move(results),
                    std::string(reinterpret_cast<const char*>(event.error.data()), event.error.size()), event.worker,
                    event.signal, event.cause});
}

void item_numbers(chunk_call& call) {
  for (std::uint64_t offset = 0; offset < call.count; ++offset) {
    call.marks.begin(offset, call.results.size());
    const std::uint64_t number = call.first + offset;
    if (call.closure != nullptr && *static_cast<const std::uint64_t*>(call.closure) == number) {
      call.failed = true;
      break;
    }
    call.results.append(&number, sizeof number);
    ++call.items_done;
  }
  call.result_bytes = call.results.size();
  if (call.failed) call.results.append("no", 2);
}

namespace {

const queue_layout& constructed(const queue_layout& layout) {
  layout.construct();
  return layout;
}

}  // namespace

bare_queue::bare_queue(queue_shape shape)
    : layout{home.base(), home.size(), shape}, end{constructed(layout), -1, false} {}

worker_end bare_queue::sit(std::uint32_t seat_index) {
  seat_control& control = layout.control(seat_index);
  const auto life = seat_life::unpack(control.life.load());
  control.life.store(seat_life{seat_life::live, state_word::next_incarnation(life.incarnation)}.pack());
  return {layout,
          home,
          seat_index,
          state_word::next_incarnation(life.incarnation),
          {.worker = static_cast<std::int32_t>(100 + seat_index)}};
}

void bare_queue::die(std::uint32_t seat_index, int signal) {
  seat_control& control = layout.control(seat_index);
  const auto life = seat_life::unpack(control.life.load());
  control.pid.store(static_cast<std::int32_t>(100 + seat_index));
  control.signal.store(signal);
  control.life.store(seat_life{seat_life::dead, life.incarnation}.pack());
  layout.supervisor().deaths.fetch_add(1);
}

bool bare_queue::send(std::uint64_t tag, std::uint64_t first, std::uint64_t count, bool alone) {
  chunk_message message;
  message.entry = item_numbers;
  message.first = first;
  message.count = count;
  message.tag = tag;
  message.alone = alone;
  return end.send(message);
}

}  // namespace yoke_test
