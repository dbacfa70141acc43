#pragma once

#include "engine/backend.hpp"
#include "engine/heap_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace yoke_test {

/// fake_script says what a fake_backend does beyond its duty. Chances are between 0 and 1, taken anew for each chunk.
struct fake_script {
  std::uint32_t seed = 1;
  std::size_t workers = 2;
  std::size_t room = 16;          ///< chunks it takes before send() says no
  double refuses = 0;             ///< chance that send() says no all the same
  double delays = 0;              ///< chance that a chunk stays where it is for one more receive()
  double returns = 0;             ///< chance that its worker dies before it starts
  double repeats = 0;             ///< chance that its event comes a second time, later
  double dies_after = 0;          ///< chance that its worker dies when all items are done
  std::size_t memory = SIZE_MAX;  ///< bytes that allocate() has
  double out_of_memory = 0;       ///< chance that allocate() throws, while chunks are under way
  int breaks_at = 0;              ///< the receive() that throws pool_broken, counted from 1; 0: none does
  bool shuffles = false;          ///< chunks are run in any order
  /// deaths[item] are the signals that end a worker running that item, one for each time; 0 is an exit.
  std::map<std::uint64_t, std::deque<int>> deaths = {};
};

/// fake_backend runs chunks inline, in private memory, and does what its script says: it reorders, delays, repeats
/// events, refuses chunks, and lets workers die. It fails the test when the engine breaks the rules of the seam.
class fake_backend final : public yoke::detail::backend {
 public:
  explicit fake_backend(fake_script script) : script_{std::move(script)}, random_{script_.seed} {}
  ~fake_backend() override;

  [[nodiscard]] yoke::capabilities describe() const override;
  std::byte* allocate(std::size_t bytes) override;
  void release(std::byte* memory, std::size_t bytes) noexcept override;
  bool send(const yoke::detail::chunk_message& message) override;
  void flush() override {}
  std::size_t receive(yoke::detail::event_sink& sink) override;
  bool recall(std::uint64_t tag) override;
  bool arm() override { return sent_.empty() && echoes_.empty(); }
  void park(std::chrono::nanoseconds at_most, int also) override;
  [[nodiscard]] int native_handle() const override { return -1; }
  void stop(bool /*drain*/) noexcept override { stopped = true; }

  /// started[item] counts how often the item was running.
  std::map<std::uint64_t, int> started;
  /// alone holds every (item, attempt) that was sent to run alone.
  std::set<std::pair<std::uint64_t, std::uint32_t>> alone;
  /// most_in_flight is the largest number of chunks held at a time, largest_chunk the most items in one.
  std::size_t most_in_flight = 0;
  std::uint64_t largest_chunk = 0;
  /// memory_in_use is the payload memory not released yet.
  std::size_t memory_in_use = 0;
  bool stopped = false;

 private:
  [[nodiscard]] bool chance(double probability);
  void run(const yoke::detail::chunk_message& message, yoke::detail::event_sink& sink);

  fake_script script_;
  std::mt19937 random_;
  int receives_ = 0;
  std::deque<yoke::detail::chunk_message> sent_;
  std::deque<yoke::detail::chunk_event> echoes_;
  std::map<std::byte*, std::size_t> allocations_;
  std::set<std::uint64_t> tags_;
  yoke::detail::heap_sink results_;
};

}  // namespace yoke_test
