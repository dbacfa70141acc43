#include <yoke/detail/stream_core.hpp>
#include <yoke/errors.hpp>

#include "engine/engine.hpp"
#include "engine/open_streams.hpp"
#include "engine/parcel_job.hpp"
#include "stream_home.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <unistd.h>

namespace yoke::detail {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Most chunks end by themselves within this time; ending a worker costs a new one.
constexpr auto patience = 20ms;

}  // namespace

call_options call_options_of(const stream_options& options) {
  return {.chunk = options.chunk,
          .rerun = options.rerun,
          .attempts = options.attempts,
          .deadline = options.deadline,
          .fresh = options.fresh};
}

class stream_core::parts final : public open_streams::member {
 public:
  parts(stream_home taken_in, const stream_options& wanted) : home_{std::move(taken_in)}, options_{wanted} {
    home_.streams->add(*this);
  }
  parts(const parts&) = delete;
  parts& operator=(const parts&) = delete;

  ~parts() override {
    close();
    if (in_copy() && home_.team) home_.team->stop(false);
  }

  [[nodiscard]] engine& runs() override { return *home_.jobs; }

  void leave_pool() noexcept override {
    settle();
    if (home_.team) home_.team->stop(false);
  }

  void start(const stream_shape& shape) {
    const parcel_plan plan{.entry = shape.entry,
                           .closure = shape.closure,
                           .closure_bytes = shape.closure_bytes,
                           .ordered = shape.ordered,
                           .collects_errors = shape.collects_errors,
                           .options = options_};
    refuse_copy();
    const open_streams::inside here{*home_.streams, *this};
    job_.emplace(plan, *home_.workers);
    try {
      home_.jobs->submit(*job_, home_.cancels->asked);
    } catch (...) {
      job_.reset();
      throw;
    }
  }

  [[nodiscard]] parcel_job& job() { return *job_; }

  void put(std::unique_ptr<parcel> full) {
    job_->put(std::move(full));
    untold_ = true;
  }

  void finish() {
    job_->finish();
    untold_ = true;
  }

  std::unique_ptr<parcel> take() {
    if (closed_) return nullptr;
    if (std::exchange(untold_, false) || !job_->is_short()) {
      refuse_copy();
      const open_streams::inside here{*home_.streams, *this};
      home_.jobs->kick();
    }
    if (auto next = job_->take()) return next;
    refuse_copy();
    {
      const open_streams::inside here{*home_.streams, *this};
      home_.jobs->drive(clock::time_point::max(), [this] { return job_->ready(); });
    }
    if (auto next = job_->take()) return next;
    {
      const open_streams::inside here{*home_.streams, *this};
      home_.jobs->wait(*job_);
    }
    close();
    return nullptr;
  }

  void close() noexcept {
    if (closed_ || in_copy()) return;
    closed_ = true;
    try {
      const open_streams::inside here{*home_.streams, *this};
      leave_pool();
    } catch (const pool_shut_down&) {
      return;  // it has left
    }
    home_.streams->remove(*this);
  }

 private:
  [[nodiscard]] bool in_copy() const { return owner_ != ::getpid(); }

  void refuse_copy() const {
    if (!in_copy()) return;
    throw forked_copy{
        "yoke: this stream belongs to the process that made it, and this is a forked copy of that process: make a pool "
        "and a stream here"};
  }

  void settle() noexcept {
    if (!job_ || job_->is_over()) return;
    const auto over = [this] { return job_->is_over(); };
    job_->request_cancel();
    while (!home_.jobs->drive(clock::now() + patience, over)) home_.jobs->give_up(*job_);
  }

  stream_home home_;
  const stream_options options_;
  std::optional<parcel_job> job_;
  bool untold_ = false;  // the engine has not been pumped since something was put
  bool closed_ = false;
  const pid_t owner_ = ::getpid();
};

stream_core::stream_core(pool_core& pool, route way, const stream_options& options)
    : parts_{std::make_unique<parts>(pool.open_stream(way, options), options)} {}

stream_core::~stream_core() = default;

void stream_core::start(const stream_shape& shape) { parts_->start(shape); }

std::uint64_t stream_core::wanted() { return parts_->job().wanted(); }

void stream_core::put(std::unique_ptr<parcel> full) { parts_->put(std::move(full)); }

void stream_core::finish() { parts_->finish(); }

bool stream_core::ready() const { return parts_->job().ready(); }

std::unique_ptr<parcel> stream_core::take() { return parts_->take(); }

void stream_core::close() noexcept { parts_->close(); }

}  // namespace yoke::detail
