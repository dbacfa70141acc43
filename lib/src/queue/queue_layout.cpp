#include "queue/queue_layout.hpp"

#include <yoke/errors.hpp>

#include <algorithm>
#include <bit>
#include <new>

namespace yoke::detail {
namespace {

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

constexpr std::size_t largest_arena = std::size_t{4} << 30;
constexpr std::size_t smallest_arena = std::size_t{1} << 20;

}  // namespace

queue_shape queue_shape::for_workers(std::uint32_t workers, std::uint32_t spares) {
  return {workers, workers + spares, std::bit_ceil(std::max<std::uint32_t>(1024, 8 * workers))};
}

queue_layout::queue_layout(std::byte* base, std::size_t bytes, queue_shape shape) : base_{base}, shape_{shape} {
  slots_ = round_up(sizeof(claim_words), 64);
  shared_ = {0, round_up(slots_ + shape.slots * sizeof(chunk_slot), page_size())};

  supervisor_ = shared_.bytes + round_up(sizeof(coordinator_words), 64);
  controls_ = supervisor_ + round_up(sizeof(supervisor_words), 64);
  obituaries_ = controls_ + shape.seats * sizeof(seat_control);
  descriptors_ = obituaries_ + shape.seats * sizeof(obituary);
  ring_ = descriptors_ + shape.slots * sizeof(chunk_descriptor);
  seats_ = round_up(ring_ + 2 * shape.slots * sizeof(shared_word), page_size());
  private_ = {shared_.bytes, seats_ - shared_.bytes};

  arenas_ = seats_ + shape.seats * seat_bytes();
  if (bytes < arenas_ || (bytes - arenas_) / 2 / shape.seats < smallest_arena) {
    throw too_large{
        "the address space left is too small for the queue of so many workers: ask for fewer workers, or "
        "raise the limit on virtual memory (ulimit -v)"};
  }
  arena_bytes_ = std::min(largest_arena, (bytes - arenas_) / 2 / shape.seats / page_size() * page_size());
  payload_.offset = arenas_ + shape.seats * arena_bytes_;
  payload_.bytes = (bytes - payload_.offset) / 3 / page_size() * page_size();
  arrays_.offset = payload_.offset + payload_.bytes;
  arrays_.bytes = bytes - arrays_.offset;
}

void queue_layout::construct() const {
  new (&claims()) claim_words{};
  claims().canary = claims().last_canary = claim_words::alive;
  new (&coordinator()) coordinator_words{};
  new (&supervisor()) supervisor_words{};
  for (std::uint32_t index = 0; index < shape_.slots; ++index) new (&slot(index)) chunk_slot{};
  for (std::uint32_t index = 0; index < shape_.seats; ++index) {
    new (&control(index)) seat_control{};
    new (&obituary_of(index)) obituary{};
    new (&seat_at(index)) seat{};
  }
}

}  // namespace yoke::detail
