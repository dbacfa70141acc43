#include "stress/torture/oracle.hpp"

#include <algorithm>

namespace yoke_torture {
namespace {

constexpr std::size_t most_texts = 10;

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

std::size_t oracle::enter(std::string load) {
  const std::size_t number = entered_++;
  loads_.at(number).name = std::move(load);
  loads_[number].last = now();
  return number;
}

void oracle::leave(std::size_t load) { loads_[load].last = 0; }

void oracle::progress(std::size_t load, std::uint64_t items) {
  items_ += items;
  const std::int64_t instant = now();
  const std::int64_t gap = instant - loads_[load].last.exchange(instant);
  loads_[load].longest = std::max(gap, loads_[load].longest.load());
}

void oracle::violated(const std::string& what) {
  ++violations_;
  const std::lock_guard lock{mutex_};
  if (texts_.size() < most_texts) texts_.push_back(what);
}

void oracle::look() {
  for (watched& load : loads_) {
    const std::int64_t last = load.last;
    if (last == 0) continue;
    const std::chrono::nanoseconds gap{now() - last};
    if (gap > gap_allowed_) violated("no progress in " + load.name);
  }
}

std::string oracle::gaps() const {
  std::string text;
  for (const watched& load : loads_) {
    if (load.name.empty()) continue;
    text += (text.empty() ? "" : ", ") + load.name + ' ' + std::to_string(load.longest / 1'000'000) + " ms";
  }
  return text;
}

std::string oracle::report() const {
  const std::lock_guard lock{mutex_};
  std::string text;
  for (const std::string& each : texts_) text += each + '\n';
  return text;
}

}  // namespace yoke_torture
