#pragma once

#include <yoke/detail/bulk_work.hpp>

#include "engine/bulk_job.hpp"
#include "engine/engine.hpp"
#include "support/fake_backend.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace yoke_test {

/// tripling is a map of i to 3 i + 1 as the engine sees one. It notes what is delivered to it.
class tripling final : public yoke::detail::bulk_work {
 public:
  /// orders travel to the workers: items from `throws_from` on whose index is a multiple of `throws_every` throw.
  struct orders {
    std::uint64_t throws_from = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t throws_every = 1;
  };

  explicit tripling(std::uint64_t items) : tripling{items, orders{}} {}
  tripling(std::uint64_t items, const orders& to_workers) : results(items), delivered(items), orders_{to_workers} {}

  [[nodiscard]] yoke::detail::bulk_plan plan(const yoke::call_options& options = {}) const {
    return {.entry = &run,
            .closure = &orders_,
            .closure_bytes = sizeof orders_,
            .sends_items = true,
            .items = results.size(),
            .options = options};
  }

  /// run maps on `workers`; returns the engine's counters.
  yoke::detail::engine_counters run_on(fake_backend& workers, const yoke::call_options& options = {}) {
    yoke::detail::engine jobs{workers};
    yoke::detail::bulk_job job{plan(options), *this, workers};
    jobs.run(job);
    return jobs.counters();
  }

  void encode(std::uint64_t first, std::uint64_t count, yoke::detail::byte_sink& into) const override {
    for (std::uint64_t item = first; item < first + count; ++item) into.append(&item, sizeof item);
  }

  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> bytes) override {
    if (bytes.size() != count * sizeof(std::uint64_t)) throw std::logic_error("torn results");
    for (std::uint64_t k = 0; k < count; ++k) ++delivered.at(first + k);
    std::memcpy(results.data() + first, bytes.data(), bytes.size());
  }

  /// is_complete tells whether each item was delivered once and is right.
  [[nodiscard]] bool is_complete() const {
    for (std::uint64_t item = 0; item < results.size(); ++item) {
      if (delivered[item] != 1 || results[item] != 3 * item + 1) return false;
    }
    return true;
  }

  std::vector<std::uint64_t> results;
  std::vector<int> delivered;

 private:
  static void run(yoke::detail::chunk_call& call) {
    orders to_me;
    std::memcpy(&to_me, call.closure, sizeof to_me);
    std::uint64_t k = 0;
    try {
      for (; k < call.count; ++k) {
        call.marks.begin(k, k * sizeof(std::uint64_t));
        std::uint64_t item = 0;
        std::memcpy(&item, call.input + k * sizeof item, sizeof item);
        if (item >= to_me.throws_from && item % to_me.throws_every == 0) {
          throw std::out_of_range("item " + std::to_string(item));
        }
        item = 3 * item + 1;
        call.results.append(&item, sizeof item);
      }
      yoke::detail::finish_chunk(call);
    } catch (...) {
      yoke::detail::fail_chunk(call, k, k * sizeof(std::uint64_t));
    }
  }

  orders orders_;
};

}  // namespace yoke_test
