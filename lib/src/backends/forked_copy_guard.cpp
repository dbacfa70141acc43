#include "backends/forked_copy_guard.hpp"

#include <yoke/errors.hpp>

#include "sys/error.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include <pthread.h>
#include <sys/mman.h>

namespace yoke::detail {
namespace {

thread_local const own_fork* forking = nullptr;

/// registry lists the segments of this process's pools, for the fork handler. Its lock is held across every fork, so
/// that the child finds the list whole.
struct registry {
  std::mutex lock;
  std::vector<segment*> segments;
};

registry& all() {
  static auto* const known = new registry;  // never destroyed: a handler may run during exit
  return *known;
}

void before_fork() { all().lock.lock(); }
void after_fork_in_parent() { all().lock.unlock(); }
void after_fork_in_child() {
  for (segment* known : all().segments) {
    if (forking != nullptr) {
      forking->restrict_in_child(*known);
    } else {
      ::mprotect(known->base(), known->size(), PROT_READ);
    }
  }
  all().lock.unlock();
}

}  // namespace

forked_copy_guard::forked_copy_guard(segment& guarded) : guarded_{guarded} {
  static const int installed = ::pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  if (installed != 0) throw std::bad_alloc{};
  void* const page = ::mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw_errno("mmap of the pool's token page");
  *static_cast<unsigned char*>(page) = 1;
  token_ = static_cast<const unsigned char*>(page);
  detail::check(::madvise(page, page_size(), MADV_WIPEONFORK), "madvise(MADV_WIPEONFORK)");
  const std::scoped_lock hold{all().lock};
  all().segments.push_back(&guarded_);
}

forked_copy_guard::~forked_copy_guard() {
  ::munmap(const_cast<unsigned char*>(token_), page_size());
  const std::scoped_lock hold{all().lock};
  std::erase(all().segments, &guarded_);
}

void forked_copy_guard::check() const {
  if (in_copy()) {
    throw forked_copy{
        "this pool belongs to the process that made it, and this is a forked copy of that process: "
        "construct a pool of its own here"};
  }
}

own_fork::own_fork(const segment& home, const array_memory* lent) : home_{home}, lent_{lent} { forking = this; }
own_fork::~own_fork() { forking = nullptr; }

void own_fork::restrict_in_child(const segment& known) const {
  if (&known == &home_) return;
  ::mprotect(known.base(), known.size(), PROT_READ);
  if (lent_ == nullptr || &known != &lent_->home()) return;
  const std::span<std::byte> arrays = lent_->range();
  ::mprotect(arrays.data(), arrays.size(), PROT_READ | PROT_WRITE);
}

bool is_memory_of_another_pool(std::uintptr_t address, std::span<const std::byte> own) {
  const auto* const there = reinterpret_cast<const std::byte*>(address);
  const std::scoped_lock hold{all().lock};
  return std::any_of(all().segments.begin(), all().segments.end(), [&](const segment* known) {
    return known->where() == segment::home::shared && known->base() != own.data() && known->contains(there);
  });
}

}  // namespace yoke::detail
