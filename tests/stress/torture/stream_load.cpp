#include <yoke/detail/bulk_work.hpp>
#include <yoke/errors.hpp>

#include "backends/make_backend.hpp"
#include "engine/engine.hpp"
#include "engine/stream_job.hpp"
#include "stress/torture/load.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

using namespace yoke::detail;

namespace yoke_torture {
namespace {

constexpr std::uint64_t most_blocks = 1000;

std::uint64_t length_of(std::uint64_t key) { return sizeof key + spread(key) % 20'000; }

/// block_maker supplies blocks: a key, then bytes that belong to it.
class block_maker final : public block_source {
 public:
  block_maker(backend& memory, std::uint64_t salt, std::uint64_t blocks)
      : memory_{memory}, next_{salt}, end_{salt + blocks} {}

  job::supply next(stream_block& out) override {
    if (next_ == end_) return job::supply::end;
    const std::uint64_t length = length_of(next_);
    std::byte* const bytes = memory_.allocate(length);
    std::memcpy(bytes, &next_, sizeof next_);
    for (std::uint64_t k = sizeof next_; k < length; ++k) bytes[k] = static_cast<std::byte>(pattern_byte(next_, k));
    out = {.input = bytes, .input_bytes = length};
    ++next_;
    ++held_;
    return job::supply::chunk;
  }

  void release(const stream_block& block) noexcept override {
    memory_.release(const_cast<std::byte*>(block.input), block.input_bytes);
    --held_;
  }

  [[nodiscard]] std::int64_t held() const { return held_; }

 private:
  backend& memory_;
  std::uint64_t next_;
  std::uint64_t end_;
  std::int64_t held_ = 0;
};

/// The block backwards, byte by byte.
void reverse_block(chunk_call& call) {
  call.marks.begin(0, 0);
  for (std::uint64_t left = call.input_bytes; left > 0; --left) call.results.append(call.input + left - 1, 1);
  finish_chunk(call);
}

class checked_sink final : public block_sink {
 public:
  checked_sink(std::uint64_t salt, std::uint64_t blocks, bool ordered, oracle& judge, std::size_t number)
      : salt_{salt}, ordered_{ordered}, judge_{judge}, number_{number}, arrivals_(blocks) {}

  void finished(std::uint64_t block, std::span<const std::byte> result) override {
    if (ordered_ && block != count_) judge_.violated("stream: a block is out of order");
    ++count_;
    if (++arrivals_.at(block) != 1) judge_.violated("stream: a block was delivered twice");
    if (!is_reversed(salt_ + block, result)) judge_.violated("stream: a result is torn or somebody else's");
    judge_.progress(number_, 1);
    if (count_ >= cancel_after && running != nullptr) running->request_cancel();
  }

  void failed(std::uint64_t, std::exception_ptr) override { judge_.violated("stream: a block failed"); }

  [[nodiscard]] bool complete() const { return count_ == arrivals_.size(); }

  std::uint64_t cancel_after = most_blocks + 1;
  job* running = nullptr;

 private:
  [[nodiscard]] static bool is_reversed(std::uint64_t key, std::span<const std::byte> result) {
    const std::uint64_t length = length_of(key);
    if (result.size() != length) return false;
    for (std::uint64_t k = sizeof key; k < length; ++k) {
      if (static_cast<char>(result[length - 1 - k]) != pattern_byte(key, k)) return false;
    }
    return true;
  }

  std::uint64_t salt_;
  bool ordered_;
  oracle& judge_;
  std::size_t number_;
  std::uint64_t count_ = 0;
  std::vector<std::uint32_t> arrivals_;
};

class stream_load final : public load {
 public:
  explicit stream_load(int workers) : workers_{make_backend({.workers = workers})} {}

  [[nodiscard]] std::string_view name() const override { return "stream"; }

  void round(dice& random, oracle& judge, std::size_t number) override {
    const std::uint64_t salt = random() % 1'000'000'000;
    const std::uint64_t blocks = 1 + random() % most_blocks;
    const bool ordered = random() % 2 == 0;
    const bool cancels = random() % 5 == 0;
    block_maker source{*workers_, salt, blocks};
    checked_sink sink{salt, blocks, ordered, judge, number};
    if (cancels) sink.cancel_after = 1 + random() % blocks;
    const stream_plan plan{.entry = &reverse_block, .ordered = ordered};
    stream_job job{plan, source, sink, *workers_};
    sink.running = &job;
    try {
      engine_.run(job);
      if (!sink.complete()) judge.violated("stream: blocks were lost");
    } catch (const yoke::cancelled&) {
      if (!cancels) judge.violated("stream: cancelled, and nobody had asked");
    } catch (const std::exception& error) {
      judge.violated(std::string{"stream: "} + error.what());
    }
    if (source.held() != 0) judge.violated("stream: the memory of a block was lost");
    if (engine_.counters().stray_events != 0) judge.violated("stream: a chunk came back twice");
  }

 private:
  std::unique_ptr<backend> workers_;
  engine engine_{*workers_};
};

}  // namespace

std::unique_ptr<load> make_stream_load(int workers) { return std::make_unique<stream_load>(workers); }

}  // namespace yoke_torture
