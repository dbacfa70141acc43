#include <yoke/detail/bulk_work.hpp>

#include "backends/make_backend.hpp"
#include "conformance.hpp"
#include "engine/engine.hpp"
#include "engine/stream_job.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace yoke_test;
using namespace yoke::detail;

namespace {

/// counting_source supplies the numbers 0, 1, ... one a block.
class counting_source final : public block_source {
 public:
  counting_source(backend& workers, std::uint64_t count) : workers_{workers}, count_{count} {}

  job::supply next(stream_block& out) override {
    if (next_ == throws_at) throw std::domain_error("the input broke");
    if (next_ == count_) return job::supply::end;
    std::byte* memory = workers_.allocate(sizeof next_);
    std::memcpy(memory, &next_, sizeof next_);
    ++next_;
    out = {.input = memory, .input_bytes = sizeof next_};
    return job::supply::chunk;
  }

  void release(const stream_block& block) noexcept override {
    workers_.release(const_cast<std::byte*>(block.input), block.input_bytes);
  }

  [[nodiscard]] std::uint64_t supplied() const { return next_; }

  std::uint64_t throws_at = std::numeric_limits<std::uint64_t>::max();

 private:
  backend& workers_;
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

/// collecting_sink keeps the numbers that arrive.
class collecting_sink : public block_sink {
 public:
  void finished(std::uint64_t block, std::span<const std::byte> result) override {
    std::uint64_t number = 0;
    ASSERT_EQ(result.size(), sizeof number);
    std::memcpy(&number, result.data(), sizeof number);
    arrived.emplace_back(block, number);
  }
  void failed(std::uint64_t, std::exception_ptr error) override { std::rethrow_exception(std::move(error)); }

  std::vector<std::pair<std::uint64_t, std::uint64_t>> arrived;
};

void square_block(chunk_call& call) {
  call.marks.begin(0, 0);
  std::uint64_t number = 0;
  std::memcpy(&number, call.input, sizeof number);
  number *= number;
  call.results.append(&number, sizeof number);
  finish_chunk(call);
}

class stream_contract : public without_pool {
 protected:
  std::unique_ptr<backend> workers = make_backend(options());
  engine jobs{*workers};
  collecting_sink sink;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(backends, stream_contract, every_backend, setting_name);

TEST_P(stream_contract, ordered_yields_every_block_in_order) {
  counting_source source{*workers, 1000};
  stream_job job{{.entry = &square_block}, source, sink, *workers};
  jobs.run(job);
  ASSERT_EQ(sink.arrived.size(), 1000U);
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(sink.arrived[i], (std::pair{i, i * i}));
}

TEST_P(stream_contract, unordered_yields_the_same_blocks_each_with_its_index) {
  counting_source source{*workers, 1000};
  stream_job job{{.entry = &square_block, .ordered = false}, source, sink, *workers};
  jobs.run(job);
  std::vector<bool> seen(1000);
  for (const auto& [block, number] : sink.arrived) {
    EXPECT_EQ(number, block * block);
    seen.at(block) = true;
  }
  EXPECT_EQ(sink.arrived.size(), 1000U);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 1000);
}

TEST_P(stream_contract, of_nothing_ends_at_once) {
  counting_source source{*workers, 0};
  stream_job job{{.entry = &square_block}, source, sink, *workers};
  jobs.run(job);
  EXPECT_TRUE(sink.arrived.empty());
}

TEST_P(stream_contract, passes_on_the_error_of_its_input_and_a_second_one_works) {
  counting_source broken{*workers, 10};
  broken.throws_at = 0;
  stream_job job{{.entry = &square_block}, broken, sink, *workers};
  EXPECT_THROW(jobs.run(job), std::domain_error);
  counting_source source{*workers, 10};
  stream_job second{{.entry = &square_block}, source, sink, *workers};
  jobs.run(second);
  EXPECT_EQ(sink.arrived.size(), 10U);
}

TEST_P(stream_contract, with_a_window_of_2_on_an_endless_input_reads_no_further_ahead) {
  class stopping_sink final : public collecting_sink {
   public:
    void finished(std::uint64_t block, std::span<const std::byte> result) override {
      collecting_sink::finished(block, result);
      if (arrived.size() == 3) throw std::runtime_error("enough");
    }
  } few;
  counting_source source{*workers, std::numeric_limits<std::uint64_t>::max()};
  stream_job job{{.entry = &square_block, .most_undelivered = 2}, source, few, *workers};
  EXPECT_THROW(jobs.run(job), std::runtime_error);
  EXPECT_EQ(few.arrived, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0}, {1, 1}, {2, 4}}));
  EXPECT_LE(source.supplied(), 5U);
}
