#pragma once

#include <cstdint>

namespace yoke_test {

/// system_call lists the calls of the library that a test can make fail. The linker puts them between the library and
/// the C library (see the options of this program), so the library itself knows nothing of it.
enum class system_call : std::uint8_t {
  fork,
  memfd_create,
  ftruncate,
  fallocate,
  mmap,
  mprotect,
  madvise,
  fcntl,
  eventfd,
  socketpair,
  sendmsg,
  recvmsg,
  poll,
  ppoll,
  waitid,
  waitpid,
  setpgid,
  prctl,
  close_range,
  signalfd,
  sigprocmask,
  sigaction,
  open,
  openat,
  read,
  write,
  pipe2,
  dup2,
  syscall,
  count,
};

/// failing_call makes one call fail, in whichever process of a pool makes it.
class failing_call {
 public:
  /// arm lets the `nth` call from now on, and the `times - 1` behind it, fail with `error`. Counts in this process and
  /// all that it forks later.
  static void arm(system_call which, std::uint32_t nth, int error, std::uint32_t times);

  /// hits is how many calls have failed since arm(), seen from any process.
  [[nodiscard]] static std::uint32_t hits();

  [[nodiscard]] static const char* name(system_call which);
};

}  // namespace yoke_test
