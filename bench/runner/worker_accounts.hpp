#pragma once

#include <yoke/insights.hpp>

#include "bench/results/repetition.hpp"
#include "bench/workloads/workload.hpp"
#include "sys/clock.hpp"
#include "sys/thread_usage.hpp"

#include <cstdint>

namespace yoke::bench {

/// account_for writes down what the workers of a pool did in the timed region `run`, from what they reported.
///
/// Workers report the CPU time of all they do. Of that, what does not fit into the time inside chunks is dispatch; the
/// rest counts as spent inside. For tasks that block, this says too little of dispatch.
void account_for(const yoke::insights& seen, const timed& run, bool keeps_spans, repetition& into);

/// own_account watches the calling thread, which is the one worker of a serial loop.
class own_account {
 public:
  own_account() : before_{meter_.read(detail::monotonic_now())} {}
  [[nodiscard]] worker_account over(const timed& run, std::uint64_t items);

 private:
  detail::usage_meter meter_;
  detail::thread_usage before_;
};

}  // namespace yoke::bench
