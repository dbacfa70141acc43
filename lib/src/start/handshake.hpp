#pragma once

#include "engine/worker_hooks.hpp"
#include "queue/queue_layout.hpp"
#include "start/image_identity.hpp"
#include "workers/worker_limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace yoke::detail {

/// greeting is the first packet a started program receives. Its layout never changes: programs linked with other
/// versions of the library must be able to read it.
struct greeting {
  std::uint64_t magic = known_magic;
  std::uint64_t layout = 0;  ///< layout_fingerprint() of the sender

  static constexpr std::uint64_t known_magic = 0x796f'6b65'2065'7865;
};

/// welcome is the second: what forked workers inherit. Its descriptors are the segment, the eventfd for news and a
/// pidfd of the coordinator.
struct welcome {
  std::byte* base;
  std::size_t size;
  queue_shape shape;
  worker_limits limits;
  worker_hooks hooks;  ///< their callables are in the segment
  image_note* images;  ///< in the segment
  std::size_t image_count;
  bool other_program;  ///< the program itself may be another build, or another program

  static constexpr std::size_t descriptors = 3;
};

/// answer is what the program sends back. Its layout never changes.
struct answer {
  enum verdict : std::uint32_t {
    ready,          ///< supervisor_report follows
    other_layout,   ///< its library is another version
    address_taken,  ///< something is where the segment has to be: another try has other addresses
    other_build,    ///< an image is another build; see the notes
    failed,         ///< `error` is the errno
  };
  verdict what = failed;
  std::uint32_t error = 0;
};

/// layout_fingerprint differs where two builds of this library might disagree on the segment's contents.
constexpr std::uint64_t layout_fingerprint() {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;  // FNV-1a
  const auto add = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100'0000'01b3; };
  for (const char letter : std::string_view{YOKE_VERSION}) add(static_cast<unsigned char>(letter));
  for (const std::size_t size :
       {sizeof(claim_words), sizeof(chunk_slot), sizeof(coordinator_words), sizeof(supervisor_words),
        sizeof(chunk_descriptor), sizeof(seat_control), sizeof(done_record), sizeof(seat), sizeof(chunk_call),
        sizeof(image_note), sizeof(welcome), offsetof(seat, done), offsetof(seat, running)}) {
    add(size);
  }
  return hash;
}

}  // namespace yoke::detail
