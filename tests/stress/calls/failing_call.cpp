#include "stress/calls/failing_call.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <new>
#include <stdexcept>

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke_test {
namespace {

struct plan {
  std::atomic<std::uint32_t> which{static_cast<std::uint32_t>(system_call::count)};
  std::atomic<std::uint32_t> first{0};
  std::atomic<std::uint32_t> end{0};
  std::atomic<std::uint32_t> calls{0};
  std::atomic<std::uint32_t> hits{0};
  std::atomic<int> error{0};
};

plan* make_plan() {
  void* memory = ::mmap(nullptr, sizeof(plan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error{"mmap of the plan of failing calls failed"};
  return new (memory) plan;
}

plan* const shared_plan = make_plan();

// In the process that armed it and those it forks later; not in their parent, which the test runs in.
bool armed_here = false;

constexpr std::array names{"fork",        "memfd_create", "ftruncate",   "fallocate",  "mmap",    "mprotect",
                           "madvise",     "fcntl",        "eventfd",     "socketpair", "sendmsg", "recvmsg",
                           "poll",        "ppoll",        "waitid",      "waitpid",    "setpgid", "prctl",
                           "close_range", "signalfd",     "sigprocmask", "sigaction",  "open",    "openat",
                           "read",        "write",        "pipe2",       "dup2",       "syscall"};
static_assert(names.size() == static_cast<std::size_t>(system_call::count));

}  // namespace

bool fails(system_call which) {
  plan* const now = shared_plan;
  if (!armed_here || now->which.load() != static_cast<std::uint32_t>(which)) return false;
  const std::uint32_t number = ++now->calls;
  if (number < now->first.load() || number >= now->end.load()) return false;
  ++now->hits;
  errno = now->error.load();
  return true;
}

void failing_call::arm(system_call which, std::uint32_t nth, int error, std::uint32_t times) {
  shared_plan->first = nth;
  shared_plan->end = nth + times;
  shared_plan->calls = 0;
  shared_plan->hits = 0;
  shared_plan->error = error;
  shared_plan->which = static_cast<std::uint32_t>(which);
  armed_here = true;
}

std::uint32_t failing_call::hits() { return shared_plan->hits; }

const char* failing_call::name(system_call which) { return names[static_cast<std::size_t>(which)]; }

}  // namespace yoke_test

// The linker's --wrap turns a call of `name` into __wrap_name and gives the original as __real_name: these names are
// its choice. A wrapper passes on as many words as the widest caller uses.
// NOLINTBEGIN(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp)
namespace {

using word = long;
using words = std::array<word, 6>;

words take_words(va_list list, std::size_t count) {
  words taken{};
  for (std::size_t k = 0; k < count; ++k) taken[k] = va_arg(list, word);
  return taken;
}

}  // namespace

using yoke_test::fails;
using yoke_test::system_call;

extern "C" {

pid_t __real_fork();
pid_t __wrap_fork() { return fails(system_call::fork) ? -1 : __real_fork(); }

int __real_memfd_create(const char*, unsigned);
int __wrap_memfd_create(const char* name, unsigned flags) {
  return fails(system_call::memfd_create) ? -1 : __real_memfd_create(name, flags);
}

int __real_ftruncate(int, off_t);
int __wrap_ftruncate(int file, off_t size) { return fails(system_call::ftruncate) ? -1 : __real_ftruncate(file, size); }

int __real_fallocate(int, int, off_t, off_t);
int __wrap_fallocate(int file, int mode, off_t offset, off_t bytes) {
  return fails(system_call::fallocate) ? -1 : __real_fallocate(file, mode, offset, bytes);
}

void* __real_mmap(void*, size_t, int, int, int, off_t);
void* __wrap_mmap(void* at, size_t bytes, int protection, int flags, int file, off_t offset) {
  return fails(system_call::mmap) ? MAP_FAILED : __real_mmap(at, bytes, protection, flags, file, offset);
}

int __real_mprotect(void*, size_t, int);
int __wrap_mprotect(void* at, size_t bytes, int protection) {
  return fails(system_call::mprotect) ? -1 : __real_mprotect(at, bytes, protection);
}

int __real_madvise(void*, size_t, int);
int __wrap_madvise(void* at, size_t bytes, int advice) {
  return fails(system_call::madvise) ? -1 : __real_madvise(at, bytes, advice);
}

int __real_fcntl(int, int, word);
int __wrap_fcntl(int file, int command, ...) {
  va_list list;
  va_start(list, command);
  const words rest = take_words(list, 1);
  va_end(list);
  return fails(system_call::fcntl) ? -1 : __real_fcntl(file, command, rest[0]);
}

int __real_eventfd(unsigned, int);
int __wrap_eventfd(unsigned count, int flags) {
  return fails(system_call::eventfd) ? -1 : __real_eventfd(count, flags);
}

int __real_socketpair(int, int, int, int*);
int __wrap_socketpair(int domain, int type, int protocol, int* pair) {
  return fails(system_call::socketpair) ? -1 : __real_socketpair(domain, type, protocol, pair);
}

ssize_t __real_sendmsg(int, const msghdr*, int);
ssize_t __wrap_sendmsg(int socket, const msghdr* message, int flags) {
  return fails(system_call::sendmsg) ? -1 : __real_sendmsg(socket, message, flags);
}

ssize_t __real_recvmsg(int, msghdr*, int);
ssize_t __wrap_recvmsg(int socket, msghdr* message, int flags) {
  return fails(system_call::recvmsg) ? -1 : __real_recvmsg(socket, message, flags);
}

int __real_poll(pollfd*, nfds_t, int);
int __wrap_poll(pollfd* watched, nfds_t count, int wait) {
  return fails(system_call::poll) ? -1 : __real_poll(watched, count, wait);
}

int __real_ppoll(pollfd*, nfds_t, const timespec*, const sigset_t*);
int __wrap_ppoll(pollfd* watched, nfds_t count, const timespec* wait, const sigset_t* mask) {
  return fails(system_call::ppoll) ? -1 : __real_ppoll(watched, count, wait, mask);
}

int __real_waitid(idtype_t, id_t, siginfo_t*, int);
int __wrap_waitid(idtype_t type, id_t id, siginfo_t* info, int options) {
  return fails(system_call::waitid) ? -1 : __real_waitid(type, id, info, options);
}

pid_t __real_waitpid(pid_t, int*, int);
pid_t __wrap_waitpid(pid_t pid, int* status, int options) {
  return fails(system_call::waitpid) ? -1 : __real_waitpid(pid, status, options);
}

int __real_setpgid(pid_t, pid_t);
int __wrap_setpgid(pid_t pid, pid_t group) { return fails(system_call::setpgid) ? -1 : __real_setpgid(pid, group); }

int __real_prctl(int, word, word, word, word);
int __wrap_prctl(int option, ...) {
  va_list list;
  va_start(list, option);
  const words rest = take_words(list, 4);
  va_end(list);
  return fails(system_call::prctl) ? -1 : __real_prctl(option, rest[0], rest[1], rest[2], rest[3]);
}

int __real_close_range(unsigned, unsigned, int);
int __wrap_close_range(unsigned first, unsigned last, int flags) {
  return fails(system_call::close_range) ? -1 : __real_close_range(first, last, flags);
}

int __real_signalfd(int, const sigset_t*, int);
int __wrap_signalfd(int file, const sigset_t* mask, int flags) {
  return fails(system_call::signalfd) ? -1 : __real_signalfd(file, mask, flags);
}

int __real_sigprocmask(int, const sigset_t*, sigset_t*);
int __wrap_sigprocmask(int how, const sigset_t* mask, sigset_t* before) {
  return fails(system_call::sigprocmask) ? -1 : __real_sigprocmask(how, mask, before);
}

int __real_sigaction(int, const struct sigaction*, struct sigaction*);
int __wrap_sigaction(int signal, const struct sigaction* action, struct sigaction* before) {
  return fails(system_call::sigaction) ? -1 : __real_sigaction(signal, action, before);
}

int __real_open(const char*, int, word);
int __wrap_open(const char* name, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const words rest = take_words(list, 1);
  va_end(list);
  return fails(system_call::open) ? -1 : __real_open(name, flags, rest[0]);
}

int __real_openat(int, const char*, int, word);
int __wrap_openat(int folder, const char* name, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const words rest = take_words(list, 1);
  va_end(list);
  return fails(system_call::openat) ? -1 : __real_openat(folder, name, flags, rest[0]);
}

ssize_t __real_read(int, void*, size_t);
ssize_t __wrap_read(int file, void* into, size_t bytes) {
  return fails(system_call::read) ? -1 : __real_read(file, into, bytes);
}

ssize_t __real_write(int, const void*, size_t);
ssize_t __wrap_write(int file, const void* from, size_t bytes) {
  return fails(system_call::write) ? -1 : __real_write(file, from, bytes);
}

int __real_pipe2(int*, int);
int __wrap_pipe2(int* ends, int flags) { return fails(system_call::pipe2) ? -1 : __real_pipe2(ends, flags); }

int __real_dup2(int, int);
int __wrap_dup2(int from, int to) { return fails(system_call::dup2) ? -1 : __real_dup2(from, to); }

word __real_syscall(word, word, word, word, word, word, word);
word __wrap_syscall(word number, ...) {
  va_list list;
  va_start(list, number);
  const words rest = take_words(list, 6);
  va_end(list);
  if (fails(system_call::syscall)) return -1;
  return __real_syscall(number, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5]);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp)
