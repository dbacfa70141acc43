#pragma once

#include <yoke/detail/call_scope.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace yoke::detail {

class engine;

/// open_streams knows the streams of a pool that are open. A stream uses its pool between the calls of its owner, too;
/// so the pool's end waits for streams, or takes itself away from them. It outlives the pool where a stream does.
class open_streams {
 public:
  /// member is one open stream. The owner is inside while it lets the engine work.
  class member {
   public:
    virtual ~member() = default;

    /// runs is the engine that the stream uses.
    [[nodiscard]] virtual engine& runs() = 0;

    /// leave_pool settles what is under way and stops using the pool, for ever. The engine has been ended before.
    virtual void leave_pool() noexcept = 0;

   private:
    friend class open_streams;
    std::thread::id owner_ = std::this_thread::get_id();  // who used it last
    bool inside_ = false;
    bool leaving_ = false;
    std::string left_;  // why it has no pool any more
  };

  /// add opens a stream. Throws pool_shut_down where the pool takes none any more.
  void add(member& stream);
  /// remove closes it, unless it has left already; then it returns false.
  bool remove(member& stream);

  /// inside is the owner's way to the engine, in the call_scope of the streams. Throws pool_shut_down where the stream
  /// has left its pool.
  class inside {
   public:
    inside(open_streams& home, member& stream);
    ~inside();
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

   private:
    open_streams& home_;
    member& stream_;
    call_scope scope_;
  };

  /// refuse_own throws std::logic_error where a stream of this thread is open: who waits for it would wait for ever.
  void refuse_own();

  /// close lets no stream in any more: the pool was `how` ("joined", "stopped").
  void close(const std::string& how);

  /// end is engine::end() for every stream.
  void end(std::chrono::steady_clock::time_point when, const std::string& reason);

  /// await returns when no stream is open any more, or `until` is over.
  void await(std::chrono::steady_clock::time_point until);

  /// part has all streams that are left leave the pool, for `reason`; returns whether any was ended before its end.
  bool part(const std::string& reason);

 private:
  std::mutex mutex_;  // guards all of it, members' too; taken before an engine's
  std::condition_variable changed_;
  std::list<member*> open_;
  std::string closed_;
  bool cut_short_ = false;
};

}  // namespace yoke::detail
