#pragma once

#include <yoke/detail/call_scope.hpp>

#include "engine/cancel_switch.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace yoke::detail {

class engine;

/// call_gate is where the calls of a pool come in and leave: it knows who is inside, and can be closed.
class call_gate {
 public:
  /// state only ever grows.
  enum class state : std::uint8_t { open, joined, stopped };

  /// call is one call on its way through the pool. Its engine has to outlive it.
  class call {
   public:
    /// Throws pool_shut_down where the gate is closed.
    call(call_gate& gate, engine& runs);
    ~call();
    call(const call&) = delete;
    call& operator=(const call&) = delete;

   private:
    call_gate& gate_;
    engine& runs_;
  };

  /// visit is a thread inside one of the pool's other functions that wait. Its call_scope is the gate's.
  class visit {
   public:
    explicit visit(call_gate& gate);
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    call_gate& gate_;
    call_scope scope_;
  };

  /// check_open throws pool_shut_down where the gate is closed.
  void check_open() const;

  /// close lets no call in any more.
  void close(state how) noexcept;

  /// end is engine::end() for all calls inside.
  void end(std::chrono::steady_clock::time_point when, const std::string& reason);

  /// await_calls returns when no call is inside; await_all when no visit is, either.
  void await_calls();
  void await_all();

  /// is_empty is false while a call or a visit is inside.
  [[nodiscard]] bool is_empty() const noexcept { return running_.empty() && visits_ == 0; }

  /// cut_short tells whether end() has hit a call.
  [[nodiscard]] bool cut_short() const noexcept { return cut_short_; }

  [[nodiscard]] cancel_switch& cancels() noexcept { return cancels_; }

 private:
  cancel_switch cancels_;
  std::atomic<state> state_{state::open};
  std::atomic<bool> cut_short_{false};

  std::mutex mutex_;  // guards the rest; taken before an engine's
  std::condition_variable left_;
  std::vector<engine*> running_;  // of each call inside
  std::size_t visits_ = 0;
};

}  // namespace yoke::detail
