#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

namespace yoke::detail {

/// block_sink takes what became of the blocks of a stream, in the thread that drives the engine and under its lock: it
/// must not call that engine. What it throws ends the stream.
class block_sink {
 public:
  block_sink() = default;
  block_sink(const block_sink&) = delete;
  block_sink& operator=(const block_sink&) = delete;
  virtual ~block_sink() = default;

  /// finished takes a block's result; the bytes are gone when it returns.
  virtual void finished(std::uint64_t block, std::span<const std::byte> result) = 0;
  /// failed takes a block's error.
  virtual void failed(std::uint64_t block, std::exception_ptr error) = 0;
};

/// reorder_buffer passes blocks on in the order in which they were announced: the head at once and without a copy,
/// later ones when their turn comes.
///
/// It never refuses a block. Whoever feeds it stops starting new ones while full(), so that what it holds is bounded by
/// the budget and by what was under way; the head is always under way already, so there is progress.
class reorder_buffer final : public block_sink {
 public:
  reorder_buffer(block_sink& target, std::size_t byte_budget) : target_{target}, budget_{byte_budget} {}

  /// announce gives a block its place, behind all others.
  void announce(std::uint64_t block);
  /// withdraw forgets a block that was announced and will not come.
  void withdraw(std::uint64_t block);
  /// replace gives the place of a block that will not come to `count` new ones, numbered from `first` on.
  void replace(std::uint64_t block, std::uint64_t first, std::size_t count);

  void finished(std::uint64_t block, std::span<const std::byte> result) override;
  void failed(std::uint64_t block, std::exception_ptr error) override;

  /// full tells whether what is held back is at its budget.
  [[nodiscard]] bool full() const { return held_bytes_ >= budget_; }

  /// held is the number of blocks held back, held_bytes their size, book-keeping included.
  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }

 private:
  struct place {
    std::uint64_t block;
    bool taken = false;
    std::vector<std::byte> result = {};
    std::exception_ptr error = {};
  };
  using place_list = std::list<place>;

  [[nodiscard]] bool is_head(std::uint64_t block) const;
  place& hold(std::uint64_t block, std::size_t bytes);
  void pass_on();
  [[nodiscard]] static std::size_t weight(std::size_t bytes) { return bytes + sizeof(place); }

  block_sink& target_;
  const std::size_t budget_;
  place_list places_;  // of all blocks announced and not passed on
  std::unordered_map<std::uint64_t, place_list::iterator> at_;
  std::size_t held_ = 0;
  std::size_t held_bytes_ = 0;
};

}  // namespace yoke::detail
