#include <yoke/detail/bulk_work.hpp>

#include "backends/make_backend.hpp"
#include "stress/torture/load.hpp"

#include <chrono>
#include <cstring>
#include <set>
#include <unordered_map>

#include <unistd.h>

using namespace yoke::detail;
using namespace std::chrono_literals;

namespace yoke_torture {
namespace {

constexpr std::uint64_t most_chunks = 400;

/// What the chunk of a raw load answers: its number, and how many chunks its worker had run before.
struct raw_answer {
  std::uint64_t number;
  std::uint64_t chunks_before;
};

void answer_chunk(chunk_call& call) {
  static pid_t counted_in = 0;
  static std::uint64_t chunks = 0;
  if (const pid_t self = ::getpid(); counted_in != self) {
    counted_in = self;
    chunks = 0;
  }
  call.marks.begin(0, 0);
  const raw_answer answer{call.first, chunks++};
  call.results.append(&answer, sizeof answer);
  finish_chunk(call);
}

class raw_load final : public load, private event_sink {
 public:
  explicit raw_load(int workers) : workers_{make_backend({.workers = workers})} {}

  [[nodiscard]] std::string_view name() const override { return "raw"; }

  void round(dice& random, oracle& judge, std::size_t number) override {
    judge_ = &judge;
    number_ = number;
    const std::uint64_t end = next_ + 1 + random() % most_chunks;
    try {
      while (next_ < end || !under_way_.empty()) {
        while (next_ < end && send(next_, random() % 16 == 0)) {
          if (random() % 3 == 0) take_back(next_);
          ++next_;
        }
        workers_->flush();
        if (workers_->receive(*this) == 0 && workers_->arm()) workers_->park(50ms, -1);
        resend();
      }
    } catch (const std::exception& error) {
      judge.violated(std::string{"raw: "} + error.what());
      under_way_.clear();
    }
  }

 private:
  bool send(std::uint64_t chunk, bool alone) {
    chunk_message message;
    message.entry = &answer_chunk;
    message.first = chunk;
    message.count = 1;
    message.tag = chunk;
    message.alone = alone;
    if (!workers_->send(message)) return false;
    under_way_[chunk] = alone;
    return true;
  }

  void take_back(std::uint64_t chunk) {
    if (!workers_->recall(chunk)) return;
    under_way_.erase(chunk);
    judge_->progress(number_, 1);
  }

  void resend() {
    while (!again_.empty()) {
      const auto chunk = *again_.begin();
      if (!send(chunk, under_way_.at(chunk))) return;
      again_.erase(chunk);
    }
  }

  void on_event(const chunk_event& event) override {
    const auto known = under_way_.find(event.tag);
    if (known == under_way_.end() || again_.contains(event.tag)) {
      judge_->violated("raw: a chunk came back that nobody had sent, or twice");
      return;
    }
    if (event.what != chunk_event::kind::finished) {
      again_.insert(event.tag);
      return;
    }
    raw_answer answer{};
    if (event.results.size() != sizeof answer) {
      judge_->violated("raw: a result is torn");
    } else {
      std::memcpy(&answer, event.results.data(), sizeof answer);
      if (answer.number != event.tag) judge_->violated("raw: a result is somebody else's");
      if (known->second && answer.chunks_before != 0) judge_->violated("raw: a chunk was not alone");
    }
    under_way_.erase(known);
    judge_->progress(number_, 1);
  }

  std::unique_ptr<backend> workers_;
  oracle* judge_ = nullptr;
  std::size_t number_ = 0;
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint64_t, bool> under_way_;  // chunk -> asks to be alone
  std::set<std::uint64_t> again_;
};

}  // namespace

std::unique_ptr<load> make_raw_load(int workers) { return std::make_unique<raw_load>(workers); }

}  // namespace yoke_torture
