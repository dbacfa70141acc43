#pragma once

#include <yoke/detail/parcel.hpp>
#include <yoke/stream_options.hpp>

#include "engine/backend.hpp"
#include "engine/chunk_policy.hpp"
#include "engine/job.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <span>

namespace yoke::detail {

/// parcel_plan says how the parcels of a stream are run.
struct parcel_plan {
  chunk_entry entry = nullptr;
  const void* closure = nullptr;
  std::size_t closure_bytes = 0;  ///< bytes to copy to where workers can read them; 0: `closure` is used where it is
  bool ordered = true;            ///< parcels are taken back in input order; otherwise as they finish
  bool collects_errors = false;   ///< an item's error is an arrival; otherwise the first by index ends the job
  stream_options options = {};
};

/// parcel_job is a job whose input its owner hands over piece by piece, and whose results its owner takes back: no code
/// of the user's runs under the engine's lock, nor in another thread that happens to lead.
///
/// The owner calls wanted(), put(), finish() and take() without the engine's lock, and has the engine pumped for what
/// it put to be sent. What is behind an error may never come; take() skips it once the job is settled.
class parcel_job final : public job {
 public:
  parcel_job(const parcel_plan& plan, backend& workers);

  /// wanted returns how many items the next parcel is to have, and 0 while the window is full.
  [[nodiscard]] std::uint64_t wanted();

  /// put hands a parcel of at least one item over.
  void put(std::unique_ptr<parcel> full);

  /// finish says that there will be no more.
  void finish();

  /// take returns the next parcel that is complete, or null. Once the job is settled, parcels in which something is
  /// missing come too, in order as far as the first gap.
  [[nodiscard]] std::unique_ptr<parcel> take();

  /// ready tells whether take() has something to return, or never will have.
  [[nodiscard]] bool ready() const;

  /// is_short tells whether parcels are over so soon that each look at the engine costs more.
  [[nodiscard]] bool is_short() const;

  /// is_over tells whether the job is settled.
  [[nodiscard]] bool is_over() const;

  supply next(chunk_message& out) override;
  void prepare(chunk_message& part) override;
  void discard(const chunk_message& chunk) noexcept override;
  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override;
  void fail(std::uint64_t item, std::exception_ptr error) override;
  void observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took) override;
  void close(const std::exception_ptr& error) noexcept override;
  [[nodiscard]] std::size_t window() const override;

 private:
  struct place {
    std::uint64_t first;
    std::unique_ptr<parcel> held;  // null where it has been taken out of turn
  };
  using place_list = std::deque<place>;

  [[nodiscard]] place_list::iterator place_of(std::uint64_t item);
  [[nodiscard]] parcel& holding(std::uint64_t item);
  void point(chunk_message& out, parcel& from);
  [[nodiscard]] static bool complete(const parcel& what) { return what.settled_ == what.count && what.readers_ == 0; }
  void completed(const parcel& what);
  std::unique_ptr<parcel> take_from(const place_list::iterator& from);
  [[nodiscard]] std::size_t readable_of(const parcel& taken) const;
  void release(parcel& from) noexcept;
  void weigh(std::size_t bytes, std::uint64_t items);

  const parcel_plan plan_;
  backend& workers_;
  const std::size_t worker_count_;
  const std::size_t most_items_;
  const std::size_t most_parcels_;
  const std::byte* closure_ = nullptr;

  mutable std::mutex mutex_;  // guards all below; taken inside the engine's lock, and nothing inside it
  chunk_policy policy_;
  place_list places_;                 // of all parcels, in the order of their items
  std::size_t unsent_ = 0;            // the last ones, that next() has not supplied
  std::size_t complete_ = 0;          // parcels that are
  std::deque<std::uint64_t> by_end_;  // the first items of these, in the order in which they ended, unless ordered
  std::size_t untaken_items_ = 0;
  std::size_t untaken_parcels_ = 0;
  std::size_t held_bytes_ = 0;
  double heaviest_item_ = 0;           // bytes, of its input or its result
  const std::uint64_t most_by_count_;  // items in an automatic chunk, for all workers to have some of a small window
  bool topping_up_ = true;             // short parcels are sent many at a time
  bool finished_ = false;
  bool gap_ = false;  // the ordered stream has come to something that will never arrive
  bool over_ = false;
};

}  // namespace yoke::detail
