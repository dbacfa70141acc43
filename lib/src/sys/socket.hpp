#pragma once

#include "sys/file_descriptor.hpp"

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// packet_status is what became of sending or receiving one packet.
enum class packet_status {
  done,     ///< one whole packet was moved
  closed,   ///< nobody is at the other end any more
  not_now,  ///< it would have to wait, and was told not to
};

/// waiting says whether a call may sleep until there is room or a packet.
enum class waiting { yes, no };

/// most_descriptors is how many descriptors fit into one packet.
inline constexpr std::size_t most_descriptors = 16;

/// make_seqpacket_pair returns two connected sockets that keep packets whole and in order, closed on exec.
[[nodiscard]] std::pair<file_descriptor, file_descriptor> make_seqpacket_pair();

/// send_packet sends `bytes` (not empty) as one packet, with copies of `descriptors`. Never raises SIGPIPE.
packet_status send_packet(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors = {},
                          waiting wait = waiting::yes);

/// receive_packet fills `bytes` with one packet. Descriptors that came along are closed on exec; they are appended to
/// `descriptors`, or closed when that is null. Throws std::system_error(EBADMSG) when the packet has another length.
packet_status receive_packet(int socket, std::span<std::byte> bytes,
                             std::vector<file_descriptor>* descriptors = nullptr, waiting wait = waiting::yes);

/// send_message sends one struct; see send_packet.
template <class T>
packet_status send_message(int socket, const T& message, std::span<const int> descriptors = {},
                           waiting wait = waiting::yes) {
  static_assert(std::is_trivially_copyable_v<T>);
  return send_packet(socket, std::as_bytes(std::span(&message, 1)), descriptors, wait);
}

/// receive_message receives one struct of the very same type; see receive_packet.
template <class T>
packet_status receive_message(int socket, T& message, std::vector<file_descriptor>* descriptors = nullptr,
                              waiting wait = waiting::yes) {
  static_assert(std::is_trivially_copyable_v<T>);
  return receive_packet(socket, std::as_writable_bytes(std::span(&message, 1)), descriptors, wait);
}

}  // namespace yoke::detail
