#include <yoke/insights.hpp>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace yoke {
inline namespace v0 {

namespace {

double microseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::micro>(time).count(); }

std::vector<int> rows_of(const insights& seen) {
  std::vector<int> rows;
  for (const chunk_span& span : seen.timeline) rows.push_back(span.worker);
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

void write_chrome_trace(std::ostream& out, const insights& seen) {
  const int pid = ::getpid();
  fmt::memory_buffer text;
  const auto put = [&](auto format, const auto&... arguments) {
    fmt::format_to(std::back_inserter(text), format, arguments...);
    if (text.size() < 60'000) return;
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    text.clear();
  };
  put(FMT_STRING("{{\"displayTimeUnit\":\"ms\",\"otherData\":{{\"chunks left out\":{}}},\"traceEvents\":[\n"
                 "{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{},\"tid\":0,\"args\":{{\"name\":\"yoke\"}}}}"),
      seen.left_out, pid);
  for (const int worker : rows_of(seen)) {
    put(FMT_STRING(",\n{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":{},\"tid\":{},"
                   "\"args\":{{\"name\":\"worker {}\"}}}}"),
        pid, worker, worker);
  }
  for (const chunk_span& span : seen.timeline) {
    put(FMT_STRING(",\n{{\"ph\":\"X\",\"cat\":\"chunk\",\"name\":\"{} +{}\",\"pid\":{},\"tid\":{},\"ts\":{:.3f},"
                   "\"dur\":{:.3f},\"args\":{{\"call\":{},\"first\":{},\"count\":{},\"done\":{}}}}}"),
        span.first, span.count, pid, span.worker, microseconds(span.began - seen.began),
        microseconds(span.ended - span.began), span.call, span.first, span.count, span.done);
  }
  put(FMT_STRING("\n]}}\n"));
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace v0
}  // namespace yoke
