#pragma once

#include "sys/file_descriptor.hpp"

#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace yoke::detail {

/// pidfd_open returns a descriptor of the process `pid`, readable once it is dead, closed on exec.
[[nodiscard]] file_descriptor pidfd_open(pid_t pid);

/// pidfd_send_signal sends `signal` (0: only asks) to the process; false when it is dead and reaped already.
bool pidfd_send_signal(int pidfd, int signal);

/// readable_within waits until a descriptor can be read, a pidfd's process is dead; false when `milliseconds` are over
/// first, -1 being never. Signals do not prolong it.
[[nodiscard]] bool readable_within(const file_descriptor& descriptor, int milliseconds) noexcept;

/// reap takes the status of a dead process that has become our child: where we are process 1 or a subreaper.
void reap(const file_descriptor& pidfd) noexcept;

/// is_single_threaded says whether the calling thread is the only live one of the process, so that a fork is safe.
///
/// A thread just joined can still be listed for a moment: more than one is believed after 100 ms. Without /proc it asks
/// the C library, which says no once a thread has ever been started.
[[nodiscard]] bool is_single_threaded();

/// close_descriptors_except closes all descriptors but standard input, output, error and those in `keep`.
void close_descriptors_except(std::span<const int> keep);

/// name_of_signal returns "SIGSEGV", "SIGRTMIN+2", or "signal 99" for what is none.
[[nodiscard]] std::string name_of_signal(int signal);

/// set_process_name sets what ps and top show; the kernel keeps the first 15 bytes.
void set_process_name(std::string_view name);

/// reset_signals gives every signal its default action and unblocks them all: what a fresh program would see. Those in
/// `ignored` are ignored before anything is unblocked, so that one that came while it was blocked does no harm.
void reset_signals(std::span<const int> ignored = {});

}  // namespace yoke::detail
