#include "engine/worker_state.hpp"

#include <yoke/worker_local.hpp>

#include <algorithm>
#include <mutex>
#include <random>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace yoke::detail {
namespace {

thread_local worker_state* here = nullptr;

using factory = std::function<std::shared_ptr<void>()>;

/// factories are those of this process. A worker has those there were when it was forked, and what it makes itself.
struct factories {
  std::mutex mutex;
  std::unordered_map<std::uint64_t, factory> by_name;

  static factories& all() {
    static auto* const known = new factories;  // never destroyed: workers may run during exit
    return *known;
  }
};

factory find_factory(std::uint64_t name) {
  factories& known = factories::all();
  const std::lock_guard lock{known.mutex};
  const auto found = known.by_name.find(name);
  if (found != known.by_name.end()) return found->second;
  throw std::logic_error{
      "yoke: this worker does not know the worker_local: make it before the pool, or make it a static variable that "
      "the "
      "task names rather than captures (with yoke::start::exec only the latter)"};
}

}  // namespace

std::uint64_t new_local(std::function<std::shared_ptr<void>()> make) {
  // Processes make names without asking each other. With this bit one is not the address of anything.
  constexpr std::uint64_t no_address = std::uint64_t{1} << 63;
  std::random_device chance;
  factories& known = factories::all();
  const std::lock_guard lock{known.mutex};
  for (;;) {
    const std::uint64_t name = no_address | std::uint64_t{chance()} << 32 | chance();
    if (known.by_name.try_emplace(name, make).second) return name;
  }
}

void* local_object(std::uint64_t name) {
  if (here != nullptr) return here->object(name);
  throw std::logic_error{
      "yoke: worker_local::local() was called outside of a worker: it is for tasks, initializers and finalizers, in "
      "the "
      "thread that they run in"};
}

worker_state::present::present(worker_state& mine) noexcept : before_{std::exchange(here, &mine)} {}
worker_state::present::~present() { here = before_; }

void worker_state::clear() noexcept {
  while (!entries_.empty()) {
    const entry last = std::move(entries_.back());  // its destructor may ask for others
    entries_.pop_back();
  }
}

void* worker_state::object(std::uint64_t name) {
  const auto find = [&] { return std::ranges::find(entries_, name, &entry::name); };
  if (const auto found = find(); found != entries_.end()) {
    if (found->object) return found->object.get();
    throw std::logic_error{"yoke: the factory of a worker_local asked for the object that it is about to make"};
  }
  const factory make = find_factory(name);
  entries_.push_back({.name = name, .object = nullptr});
  try {
    std::shared_ptr<void> made = make();
    // Behind those that its factory has asked for, which have to outlive it.
    entries_.erase(find());
    entries_.push_back({.name = name, .object = std::move(made)});
    return entries_.back().object.get();
  } catch (...) {
    std::erase_if(entries_, [name](const entry& each) { return each.name == name; });
    throw;
  }
}

}  // namespace yoke::detail
