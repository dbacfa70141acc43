#pragma once

#include "engine/backend.hpp"
#include "engine/job.hpp"
#include "engine/progress_watch.hpp"
#include "engine/reorder_buffer.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <unordered_map>
#include <vector>

namespace yoke::detail {

/// stream_block is the input of one chunk of a stream: bytes, or a few words that say where a worker finds them.
struct stream_block {
  std::uint64_t number = 0;          ///< what source and sink call it; given by the stream, rising from 0
  const std::byte* input = nullptr;  ///< in backend memory; null where input_bytes is 0
  std::size_t input_bytes = 0;
};

/// block_source is where a stream's blocks come from. Like block_sink, it is called under the engine's lock.
class block_source {
 public:
  block_source() = default;
  block_source(const block_source&) = delete;
  block_source& operator=(const block_source&) = delete;
  virtual ~block_source() = default;

  /// next fills in the next block, which has its number already, or says `pending` (nothing yet) or `end`. Its memory
  /// comes from the backend that runs the stream and belongs to the source. What next throws ends the stream, behind
  /// the blocks before it; after a std::bad_alloc it is called again once other blocks have been released.
  virtual job::supply next(stream_block& out) = 0;

  /// divide may take a block apart that crashed its worker or threw, to find out which part of it is to blame, or that
  /// was killed from outside again and again, so that less is lost each time: it takes the block back, as release()
  /// does, and returns how many parts there are, numbered from `first_part` on. Each will be asked for with
  /// next_part(), and may be divided in its turn. 0: the block is left as it is, and blamed whole.
  virtual std::size_t divide(const stream_block& block, std::uint64_t first_part);

  /// next_part fills in the part of this number. Throws what next() throws.
  virtual void next_part(stream_block& out);

  /// release takes a block back: no worker will read it any more.
  virtual void release(const stream_block& block) noexcept = 0;

  /// descriptor is readable when there may be more, where next() said `pending`; -1: next() is asked every millisecond.
  [[nodiscard]] virtual int descriptor() const { return -1; }
};

/// stream_plan says how the blocks of a stream are run.
struct stream_plan {
  chunk_entry entry = nullptr;                     ///< runs one block: count is 1, first the block's number
  const void* closure = nullptr;                   ///< readable by the workers until the stream has ended
  bool ordered = true;                             ///< the sink gets blocks in input order; otherwise as they finish
  std::size_t chunks_per_worker = 3;               ///< blocks under way, for each worker
  std::size_t held_bytes = std::size_t{64} << 20;  ///< results held back for order; above it nothing new starts
  std::size_t most_undelivered = 0;      ///< blocks under way or held back, whatever their size; 0 = no such limit
  bool collects_errors = true;           ///< a failed block goes to the sink; false: the first one ends the stream
  bool reruns_externals = true;          ///< a block whose worker was killed from outside runs again
  std::uint32_t attempts = 1;            ///< runs a block may have that crashes its worker and cannot be divided
  std::chrono::nanoseconds deadline{0};  ///< how long a block may run, before it counts as a crash; 0 = for ever
  progress_callback progress = {};       ///< is told how many blocks are done; how many there will be is not known
};

/// stream_job is a job whose input is pulled block by block and whose results leave in order: memory stays bounded
/// however long the stream is and however slow a block in front.
///
/// A block that crashes its worker is divided where its source can do that. Its parts are blocks like any others, but
/// run before anything new and take its place in the order: so blame ends up with the smallest part that crashes by
/// itself, and attempts count for that one.
///
///     stream_job job{plan, source, sink, *workers};
///     engine{*workers}.run(job);
class stream_job final : public job {
 public:
  stream_job(const stream_plan& plan, block_source& source, block_sink& sink, const backend& workers);

  supply next(chunk_message& out) override;
  void prepare(chunk_message& part) override;
  void discard(const chunk_message& chunk) noexcept override;
  bool divide(const chunk_message& chunk) override;
  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override;
  void fail(std::uint64_t item, std::exception_ptr error) override;
  [[nodiscard]] std::size_t window() const override;
  [[nodiscard]] int descriptor() const override { return source_.descriptor(); }
  [[nodiscard]] progress_watch* watch() override { return &watch_; }

 private:
  /// Parts that have been announced and not been supplied yet.
  struct part_range {
    std::uint64_t next;
    std::uint64_t end;
    std::uint64_t origin;   // the block of the source that they come from
    std::uint64_t divided;  // the block that they take the place of
    bool placed = false;    // they have taken it
  };

  supply next_block(stream_block& out);
  void next_part(stream_block& out);
  [[nodiscard]] std::uint64_t origin_of(std::uint64_t block) const;
  void settle(std::uint64_t block);

  const stream_plan plan_;
  block_source& source_;
  progress_watch watch_;
  reorder_buffer ordered_;
  block_sink& out_;  // ordered_, or the caller's own sink
  const std::size_t most_under_way_;
  std::uint64_t numbered_ = 0;     // blocks so far, parts included
  std::uint64_t under_way_ = 0;    // of these, neither delivered nor failed nor divided
  std::vector<part_range> parts_;  // the last is served first: of the earliest block, and of that the smallest
  std::unordered_map<std::uint64_t, std::uint64_t> origin_of_;  // for the parts under way that have been supplied
  bool source_ended_ = false;
  std::exception_ptr source_error_;  // thrown when all before it is settled
};

}  // namespace yoke::detail
