#include <yoke/detail/bulk_work.hpp>
#include <yoke/errors.hpp>

#include "backends/make_backend.hpp"
#include "engine/bulk_job.hpp"
#include "engine/engine.hpp"
#include "stress/torture/load.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

using namespace yoke::detail;

namespace yoke_torture {
namespace {

constexpr std::uint64_t most_items = 2000;

/// A few bytes, some kilobytes, or, rarely, more than the arena keeps warm in one step.
std::uint64_t length_of(std::uint64_t key) {
  const std::uint64_t number = spread(key);
  if (number % 300 == 0) return 200'000 + number % 100'000;
  return number % 8 == 0 ? number % 5000 : number % 100;
}

void write_item(std::uint64_t key, byte_sink& into) {
  const std::uint64_t length = length_of(key);
  into.append(&length, sizeof length);
  std::array<char, 512> piece;
  for (std::uint64_t done = 0; done < length;) {
    const std::uint64_t bytes = std::min<std::uint64_t>(piece.size(), length - done);
    for (std::uint64_t k = 0; k < bytes; ++k) piece[k] = pattern_byte(key, done + k);
    into.append(piece.data(), bytes);
    done += bytes;
  }
}

bool is_item(std::uint64_t key, std::span<const std::byte>& rest) {
  std::uint64_t length = 0;
  if (rest.size() < sizeof length) return false;
  std::memcpy(&length, rest.data(), sizeof length);
  rest = rest.subspan(sizeof length);
  if (length != length_of(key) || rest.size() < length) return false;
  for (std::uint64_t k = 0; k < length; ++k) {
    if (static_cast<char>(rest[k]) != pattern_byte(key, k)) return false;
  }
  rest = rest.subspan(length);
  return true;
}

void write_items(chunk_call& call) {
  const std::uint64_t salt = *static_cast<const std::uint64_t*>(call.closure);
  for (std::uint64_t offset = 0; offset < call.count; ++offset) {
    call.marks.begin(offset, call.results.size());
    write_item(salt + call.first + offset, call.results);
  }
  finish_chunk(call);
}

/// checked_work looks at every result that is delivered, and counts.
class checked_work final : public bulk_work {
 public:
  checked_work(std::uint64_t salt, std::uint64_t items, std::uint64_t cancel_after, oracle& judge, std::size_t number)
      : salt_{salt}, cancel_after_{cancel_after}, judge_{judge}, number_{number}, deliveries_(items) {}

  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override {
    for (std::uint64_t item = first; item < first + count; ++item) {
      if (!is_item(salt_ + item, results)) judge_.violated("map: a result is torn or somebody else's");
      if (++deliveries_.at(item) != 1) judge_.violated("map: an item was delivered twice");
    }
    if (!results.empty()) judge_.violated("map: bytes behind the last result");
    judge_.progress(number_, count);
    done_ += count;
    if (done_ >= cancel_after_ && running != nullptr) running->request_cancel();
  }

  [[nodiscard]] bool complete() const {
    return std::ranges::all_of(deliveries_, [](std::uint32_t times) { return times == 1; });
  }

  job* running = nullptr;

 private:
  std::uint64_t salt_;
  std::uint64_t cancel_after_;
  oracle& judge_;
  std::size_t number_;
  std::uint64_t done_ = 0;
  std::vector<std::uint32_t> deliveries_;
};

yoke::call_options random_options(dice& random) {
  yoke::call_options options;
  switch (random() % 4) {
    case 0:
      options.chunk = 1;
      break;
    case 1:
      options.chunk = 1 + random() % 40;
      break;
    case 2:
      options.chunk = yoke::guided;
      break;
    default:
      break;
  }
  if (random() % 3 == 0) options.deadline = std::chrono::minutes{5};  // never met: progress goes by CAS
  return options;
}

class map_load final : public load {
 public:
  explicit map_load(int workers) : workers_{make_backend({.workers = workers})} {}

  [[nodiscard]] std::string_view name() const override { return "map"; }

  void round(dice& random, oracle& judge, std::size_t number) override {
    const std::uint64_t salt = random() % 1'000'000'000;
    const std::uint64_t items = 1 + random() % most_items;
    const bool cancels = random() % 5 == 0;
    checked_work work{salt, items, cancels ? 1 + random() % items : items + 1, judge, number};
    const bulk_plan plan{.entry = &write_items,
                         .closure = &salt,
                         .closure_bytes = sizeof salt,
                         .items = items,
                         .options = random_options(random)};
    bulk_job job{plan, work, *workers_};
    work.running = &job;
    try {
      engine_.run(job);
      if (!work.complete()) judge.violated("map: items were lost");
    } catch (const yoke::cancelled&) {
      if (!cancels) judge.violated("map: cancelled, and nobody had asked");
    } catch (const std::exception& error) {
      judge.violated(std::string{"map: "} + error.what());
    }
    if (engine_.counters().stray_events != 0) judge.violated("map: a chunk came back twice");
  }

 private:
  std::unique_ptr<backend> workers_;
  engine engine_{*workers_};
};

}  // namespace

std::unique_ptr<load> make_map_load(int workers) { return std::make_unique<map_load>(workers); }

}  // namespace yoke_torture
