#include <yoke/detail/arrivals.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace yoke::detail {

/// line holds the positions that have come and were not handed out. Futures that never came in time keep it alive.
class arrivals::line {
 public:
  explicit line(std::size_t most) { come_.reserve(most); }

  void add(std::size_t position) {
    const std::lock_guard lock{mutex_};
    come_.push_back(position);
    count_.store(come_.size(), std::memory_order_release);
  }

  [[nodiscard]] bool has(std::size_t taken) const { return count_.load(std::memory_order_acquire) > taken; }

  std::size_t take() {
    const std::lock_guard lock{mutex_};
    return come_[taken_++];
  }

  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  std::mutex mutex_;  // guards come_; taken inside an engine's lock, and nothing inside it
  std::vector<std::size_t> come_;
  std::atomic<std::size_t> count_{0};
  std::size_t taken_ = 0;  // by the one thread that asks
};

class arrivals::step final : public completion {
 public:
  step(std::shared_ptr<line> into, std::size_t position)
      : completion{completion::step::within}, into_{std::move(into)}, position_{position} {}

 private:
  void run(completion_list& /*due*/) noexcept override {
    const std::unique_ptr<step> self{this};
    into_->add(position_);
  }

  std::shared_ptr<line> into_;
  std::size_t position_;
};

arrivals::arrivals(const std::vector<state_pointer>& states) : line_{std::make_shared<line>(states.size())} {
  std::unordered_set<const future_state*> known;
  for (std::size_t position = 0; position < states.size(); ++position) {
    if (!known.insert(states[position].get()).second) continue;
    states[position]->collect_drivers(drivers_);
    ++left_;
    states[position]->attach(std::make_unique<step>(line_, position));
  }
}

arrivals::~arrivals() = default;

std::optional<std::size_t> arrivals::next() {
  if (left_ == 0) return std::nullopt;
  const std::size_t taken = line_->taken();
  if (!line_->has(taken)) {
    drivers_.drive(std::chrono::steady_clock::time_point::max(), [this, taken] { return line_->has(taken); });
  }
  --left_;
  return line_->take();
}

}  // namespace yoke::detail
