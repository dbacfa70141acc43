#include "sys/socket.hpp"

#include "sys/error.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <sys/socket.h>
#include <sys/uio.h>

namespace yoke::detail {

namespace {

struct control_buffer {
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(most_descriptors * sizeof(int))> bytes{};
};

int flags_for(waiting wait) { return wait == waiting::no ? MSG_DONTWAIT : 0; }

bool peer_is_gone(int error) {
  return error == EPIPE || error == ECONNRESET || error == ENOTCONN || error == ECONNREFUSED;
}

std::vector<file_descriptor> take_descriptors(msghdr& message) {
  std::vector<file_descriptor> taken;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::array<int, most_descriptors> numbers{};
    std::memcpy(numbers.data(), CMSG_DATA(header), count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i) taken.emplace_back(numbers[i]);
  }
  return taken;
}

}  // namespace

std::pair<file_descriptor, file_descriptor> make_seqpacket_pair() {
  std::array<int, 2> ends{};
  check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair of a control socket");
  file_descriptor first(ends[0]);
  file_descriptor second(ends[1]);
  return {clear_of_standard_streams(std::move(first)), clear_of_standard_streams(std::move(second))};
}

packet_status send_packet(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors,
                          waiting wait) {
  // An empty packet cannot be told from the end of the connection.
  if (bytes.empty()) throw std::invalid_argument("send_packet: a packet must hold at least one byte");
  if (descriptors.size() > most_descriptors) {
    throw std::invalid_argument("send_packet: " + std::to_string(descriptors.size()) + " descriptors, at most " +
                                std::to_string(most_descriptors) + " fit into one packet");
  }
  iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()};
  control_buffer control;
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  const ssize_t sent = retry_on_interrupt([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL | flags_for(wait)); });
  if (sent >= 0) return packet_status::done;
  if (peer_is_gone(errno)) return packet_status::closed;
  if (errno == EAGAIN) return packet_status::not_now;
  throw_errno("sendmsg on a control socket");
}

packet_status receive_packet(int socket, std::span<std::byte> bytes, std::vector<file_descriptor>* descriptors,
                             waiting wait) {
  iovec piece{bytes.data(), bytes.size()};
  control_buffer control;
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  const ssize_t received =
      retry_on_interrupt([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags_for(wait)); });
  if (received == 0) return packet_status::closed;
  if (received < 0) {
    if (peer_is_gone(errno)) return packet_status::closed;
    if (errno == EAGAIN) return packet_status::not_now;
    throw_errno("recvmsg on a control socket");
  }
  std::vector<file_descriptor> taken = take_descriptors(message);
  if (static_cast<std::size_t>(received) != bytes.size() || (message.msg_flags & MSG_TRUNC) != 0) {
    throw std::system_error(
        EBADMSG, std::generic_category(),
        "control socket: a packet of another length than the " + std::to_string(bytes.size()) + " bytes expected");
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0) {
    throw std::system_error(EMFILE, std::generic_category(),
                            "control socket: descriptors were lost on the way; raise the limit on open files");
  }
  if (descriptors != nullptr) {
    for (file_descriptor& descriptor : taken) descriptors->push_back(std::move(descriptor));
  }
  return packet_status::done;
}

}  // namespace yoke::detail
