#include "engine/progress_watch.hpp"

#include <utility>

namespace yoke::detail {

void progress_watch::report(std::uint64_t done, std::uint64_t failed, bool last) {
  if (!told_) return;
  const auto now = clock::now();
  progress_report report{.done = done, .failed = failed, .total = total_, .elapsed = now - begun_, .last = last};
  if (done > 0 && done < total_ && !last) {
    const double left = static_cast<double>(total_ - done) / static_cast<double>(done);
    const auto remaining = std::chrono::duration<double, std::nano>{now - begun_} * left;
    if (remaining < std::chrono::hours{24 * 365}) {
      report.remaining = std::chrono::duration_cast<std::chrono::nanoseconds>(remaining);
    }
  }
  const progress_callback told = std::exchange(told_, {});
  told(report);
  if (last) return;
  told_ = told;
  next_ = clock::now() + between_reports;
}

}  // namespace yoke::detail
