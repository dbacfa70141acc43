#include "support/fake_backend.hpp"

#include <yoke/errors.hpp>

#include <algorithm>
#include <iterator>
#include <new>

#include <gtest/gtest.h>
#include <poll.h>

namespace yoke_test {

using yoke::detail::chunk_event;
using yoke::detail::chunk_message;

fake_backend::~fake_backend() {
  EXPECT_EQ(memory_in_use, 0U) << "payload memory was not given back";
  for (const auto& [memory, bytes] : allocations_) ::operator delete (memory, std::align_val_t{64});
}

yoke::capabilities fake_backend::describe() const {
  return {.workers = script_.workers, .isolates_crashes = true, .shares_memory = false, .can_kill = false};
}

std::byte* fake_backend::allocate(std::size_t bytes) {
  if (!sent_.empty() && chance(script_.out_of_memory)) throw std::bad_alloc{};
  if (bytes > script_.memory - memory_in_use) throw std::bad_alloc{};
  auto* memory = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{64}));
  allocations_.emplace(memory, bytes);
  memory_in_use += bytes;
  return memory;
}

void fake_backend::release(std::byte* memory, std::size_t bytes) noexcept {
  const auto found = allocations_.find(memory);
  if (found == allocations_.end() || found->second != bytes) {
    ADD_FAILURE() << "memory was released that was not allocated like that";
    return;
  }
  allocations_.erase(found);
  memory_in_use -= bytes;
  ::operator delete (memory, std::align_val_t{64});
}

bool fake_backend::send(const chunk_message& message) {
  EXPECT_GE(message.count, 1U);
  if (sent_.size() >= script_.room || (!sent_.empty() && chance(script_.refuses))) return false;
  EXPECT_TRUE(tags_.insert(message.tag).second) << "a tag was used twice";
  sent_.push_back(message);
  most_in_flight = std::max(most_in_flight, sent_.size());
  largest_chunk = std::max(largest_chunk, message.count);
  if (message.alone) alone.emplace(message.first, message.attempt);
  return true;
}

std::size_t fake_backend::receive(yoke::detail::event_sink& sink) {
  if (++receives_ == script_.breaks_at) throw yoke::pool_broken{"as the script says"};
  std::size_t events = 0;
  while (!echoes_.empty() && chance(0.5)) {
    sink.on_event(echoes_.front());
    echoes_.pop_front();
    ++events;
  }
  for (std::size_t look = sent_.size(); look > 0; --look) {
    if (chance(script_.delays)) continue;
    if (sent_.empty()) break;  // recalled by what the engine learned from an event
    const std::size_t which = script_.shuffles ? random_() % sent_.size() : 0;
    const chunk_message message = sent_[which];
    sent_.erase(sent_.begin() + static_cast<std::ptrdiff_t>(which));
    run(message, sink);
    ++events;
  }
  return events;
}

void fake_backend::run(const chunk_message& message, yoke::detail::event_sink& sink) {
  chunk_event event{.tag = message.tag, .worker = 1000 + static_cast<int>(random_() % script_.workers)};
  if (chance(script_.returns)) {
    event.what = chunk_event::kind::returned;
    sink.on_event(event);
    return;
  }
  auto death = script_.deaths.lower_bound(message.first);
  while (death != script_.deaths.end() && death->second.empty()) ++death;
  const bool dies = death != script_.deaths.end() && death->first < message.first + message.count;
  const std::uint64_t runs = dies ? death->first - message.first : message.count;

  yoke::detail::progress_words progress{};
  yoke::detail::item_marks marks{progress, 1, false};
  results_.clear();
  yoke::detail::chunk_call call{message.closure,     message.first, runs, message.input,
                                message.input_bytes, results_,      marks};
  if (runs > 0) message.entry(call);
  for (std::uint64_t k = 0; k < call.items_done + (call.failed || dies ? 1 : 0); ++k) ++started[message.first + k];

  const auto written = results_.bytes();
  event.items_done = call.items_done;
  event.results = written.first(call.result_bytes);
  event.ended = event.started + std::chrono::microseconds{message.count};
  if (call.failed) {
    event.error = written.subspan(call.result_bytes);
  } else if (dies) {
    event.what = chunk_event::kind::lost;
    event.signal = death->second.front();
    event.exit_status = event.signal == 0 ? 42 : 0;
    death->second.pop_front();
  } else if (chance(script_.dies_after)) {
    event.what = chunk_event::kind::lost;
    event.signal = 9;
  }
  if (chance(script_.repeats)) {
    chunk_event echo = event;
    echo.results = {};
    echo.error = {};
    echoes_.push_back(echo);
  }
  sink.on_event(event);
}

bool fake_backend::recall(std::uint64_t tag) {
  const auto found = std::find_if(sent_.begin(), sent_.end(), [&](const auto& each) { return each.tag == tag; });
  if (found == sent_.end() || chance(script_.delays)) return false;
  sent_.erase(found);
  return true;
}

void fake_backend::park(std::chrono::nanoseconds at_most, int also) {
  pollfd source{.fd = also, .events = POLLIN, .revents = 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count();
  ::poll(&source, 1, static_cast<int>(limit));
}

bool fake_backend::chance(double probability) {
  return probability > 0 && std::uniform_real_distribution{0.0, 1.0}(random_) < probability;
}

}  // namespace yoke_test
