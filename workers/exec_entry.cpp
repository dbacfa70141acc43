#include "workers/exec_entry.hpp"

#include "memory/segment.hpp"
#include "start/code_map.hpp"
#include "start/entry_state.hpp"
#include "start/handshake.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/socket.hpp"
#include "workers/guardian.hpp"

#include <csignal>
#include <cstdio>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include <poll.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr int patience_ms = 2000;

bool has_packet(int socket) {
  pollfd watched{socket, POLLIN, 0};
  const int ready = retry_on_interrupt([&] { return ::poll(&watched, 1, patience_ms); });
  return ready > 0 && (watched.revents & POLLIN) != 0;
}

bool is_greeted(int socket, greeting& hello) {
  try {
    return has_packet(socket) && receive_message(socket, hello) == packet_status::done &&
           hello.magic == greeting::known_magic;
  } catch (const std::system_error&) {
    return false;
  }
}

[[noreturn]] void leave(int socket, answer::verdict why, int error = 0) {
  send_message(socket, answer{why, static_cast<std::uint32_t>(error)});
  ::_exit(exit_internal);
}

[[noreturn]] void become_supervisor(int socket) {
  greeting hello;
  if (!is_greeted(socket, hello)) {
    std::fprintf(stderr, "yoke: %s is set, but no pool is at that descriptor; unset it\n", control_variable);
    ::_exit(exit_internal);
  }
  if (hello.layout != layout_fingerprint()) leave(socket, answer::other_layout);

  welcome offer{};
  std::vector<file_descriptor> came;
  const bool complete = has_packet(socket) && receive_message(socket, offer, &came) == packet_status::done;
  if (!complete || came.size() != welcome::descriptors) {
    leave(socket, answer::failed, EBADMSG);
  }
  for (file_descriptor& descriptor : came) descriptor = clear_of_standard_streams(std::move(descriptor));

  std::optional<segment> home;
  try {
    home.emplace(std::move(came[0]), offer.base, offer.size);
  } catch (const std::system_error& refusal) {
    if (refusal.code().value() == EEXIST) leave(socket, answer::address_taken);
    leave(socket, answer::failed, refusal.code().value());
  }
  const queue_layout layout{offer.base, offer.size, offer.shape};
  const std::span notes{offer.images, offer.image_count};
  const code_map code{notes};
  for (const image_note& note : notes) {
    if (!note.is_acceptable(offer.other_program)) leave(socket, answer::other_build);
  }

  send_message(socket, answer{answer::ready});
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);  // as the guardian wants them
  const pid_t team = ::fork();
  if (team > 0) ::_exit(0);
  if (team < 0) ::_exit(errno);
  run_team({.layout = &layout,
            .home = &*home,
            .news = came[1].get(),
            .orders = socket,
            .coordinator = came[2].get(),
            .limits = offer.limits,
            .hooks = offer.hooks,
            .code = &code});
}

}  // namespace

void run_exec_entry(int socket) noexcept {
  try {
    become_supervisor(socket);
  } catch (...) {
    ::_exit(exit_internal);
  }
}

}  // namespace yoke::detail
