#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace yoke_torture {

/// oracle is told what happens and knows what must not: a result lost, doubled or torn, or no progress for too long.
class oracle {
 public:
  static constexpr std::size_t most_loads = 8;

  /// `gap` is how long a load may be without results.
  explicit oracle(std::chrono::seconds gap) : gap_allowed_{gap} {}

  /// enter makes a load known; from now on it has to make progress. Returns its number.
  std::size_t enter(std::string load);
  /// leave ends the watch over a load.
  void leave(std::size_t load);

  /// progress says that the load got results.
  void progress(std::size_t load, std::uint64_t items);
  /// violated records what went wrong. The first few texts are kept.
  void violated(const std::string& what);

  /// look checks that every load has made progress lately. To be called often.
  void look();

  [[nodiscard]] bool satisfied() const { return violations_ == 0; }
  [[nodiscard]] std::uint64_t items() const { return items_; }
  /// gaps says how long each load was without results at most: "map 3 ms, stream 4 ms".
  [[nodiscard]] std::string gaps() const;
  [[nodiscard]] std::string report() const;

 private:
  using clock = std::chrono::steady_clock;
  struct watched {
    std::string name;
    std::atomic<std::int64_t> last{0};  // ns; 0 = not watched
    std::atomic<std::int64_t> longest{0};
  };

  const std::chrono::seconds gap_allowed_;
  std::array<watched, most_loads> loads_;
  std::atomic<std::size_t> entered_{0};
  std::atomic<std::uint64_t> items_{0};
  std::atomic<std::uint64_t> violations_{0};
  mutable std::mutex mutex_;  // guards texts_
  std::vector<std::string> texts_;
};

}  // namespace yoke_torture
