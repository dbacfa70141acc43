#pragma once

#include <cstdint>

namespace yoke::detail {

/// Where a chunk is on its way; queue/README.md draws the transitions.
enum class chunk_state : std::uint8_t { free, ready, claimed, done };

/// state_word is the truth about one chunk slot, packed into the 64 bits that a CAS changes at once.
///
/// `seat` and `incarnation` name the one worker life that holds the chunk; `generation` counts the slot's uses, so that
/// a hint or a dead worker's intent from an earlier use is recognised as stale.
struct state_word {
  static constexpr int state_bits = 3;
  static constexpr int seat_bits = 13;
  static constexpr int incarnation_bits = 20;
  static constexpr int attempt_bits = 7;
  static constexpr int generation_bits = 21;

  chunk_state state = chunk_state::free;
  std::uint32_t seat = 0;
  std::uint32_t incarnation = 0;
  std::uint32_t attempt = 0;
  std::uint32_t generation = 0;

  friend constexpr bool operator==(const state_word&, const state_word&) = default;

  [[nodiscard]] constexpr std::uint64_t pack() const {
    std::uint64_t word = static_cast<std::uint64_t>(state);
    word = (word << seat_bits) | (seat & mask(seat_bits));
    word = (word << incarnation_bits) | (incarnation & mask(incarnation_bits));
    word = (word << attempt_bits) | (attempt & mask(attempt_bits));
    return (word << generation_bits) | (generation & mask(generation_bits));
  }

  [[nodiscard]] static constexpr state_word unpack(std::uint64_t word) {
    state_word result;
    result.generation = take(word, generation_bits);
    result.attempt = take(word, attempt_bits);
    result.incarnation = take(word, incarnation_bits);
    result.seat = take(word, seat_bits);
    result.state = static_cast<chunk_state>(take(word, state_bits));
    return result;
  }

  /// next_generation wraps within the field's bits.
  [[nodiscard]] static constexpr std::uint32_t next_generation(std::uint32_t generation) {
    return (generation + 1) & mask(generation_bits);
  }
  [[nodiscard]] static constexpr std::uint32_t next_incarnation(std::uint32_t incarnation) {
    return (incarnation + 1) & mask(incarnation_bits);
  }

 private:
  static constexpr std::uint32_t mask(int bits) { return (std::uint32_t{1} << bits) - 1; }
  static constexpr std::uint32_t take(std::uint64_t& word, int bits) {
    const auto field = static_cast<std::uint32_t>(word & mask(bits));
    word >>= bits;
    return field;
  }
};

static_assert(state_word::state_bits + state_word::seat_bits + state_word::incarnation_bits + state_word::attempt_bits +
                  state_word::generation_bits ==
              64);

/// hint names a chunk slot in one of its uses. It is what the ring carries and what a seat's intents hold: advice where
/// to look, never the truth. Never zero, so that zero can mean "none".
struct hint {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool alone = false;   ///< the claimer must hold no other chunk
  bool single = false;  ///< it is claimed by itself: others do not wait for it

  friend constexpr bool operator==(const hint&, const hint&) = default;

  [[nodiscard]] constexpr std::uint64_t pack() const {
    return (std::uint64_t{1} << 63) | (std::uint64_t{alone} << 62) | (std::uint64_t{single} << 61) |
           (std::uint64_t{generation} << 32) | slot;
  }
  [[nodiscard]] static constexpr hint unpack(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word),
            static_cast<std::uint32_t>((word >> 32) & ((std::uint64_t{1} << state_word::generation_bits) - 1)),
            ((word >> 62) & 1) != 0, ((word >> 61) & 1) != 0};
  }
};

}  // namespace yoke::detail
