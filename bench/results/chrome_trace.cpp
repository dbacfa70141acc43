#include "bench/results/exports.hpp"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace yoke::bench {
namespace {

using nlohmann::ordered_json;

ordered_json name_event(const char* what, int process, int thread, const std::string& name) {
  return {{"name", what}, {"ph", "M"}, {"pid", process}, {"tid", thread}, {"args", {{"name", name}}}};
}

}  // namespace

std::string to_chrome_trace(const results& from) {
  constexpr double microseconds = 1e6;
  ordered_json events = ordered_json::array();
  int process = 0;
  for (const cell& each : from.cells) {
    for (const repetition& run : each.repetitions) {
      if (run.spans.empty()) continue;
      ++process;
      events.push_back(name_event("process_name", process, 0,
                                  fmt::format("{} on {} x {}, repetition {}", each.workload, to_string(each.backend),
                                              each.workers, run.number)));
      for (int worker = 0; worker < worker_numbers(run, each.workers); ++worker)
        events.push_back(name_event("thread_name", process, worker, fmt::format("worker {}", worker)));
      for (const chunk_span& span : run.spans) {
        events.push_back({{"name", fmt::format("items {} to {}", span.first, span.first + span.items - 1)},
                          {"cat", "chunk"},
                          {"ph", "X"},
                          {"pid", process},
                          {"tid", span.worker},
                          {"ts", (run.begun >= 0 ? run.begun + span.begin : span.begin) * microseconds},
                          {"dur", (span.end - span.begin) * microseconds},
                          {"args", {{"first", span.first}, {"items", span.items}}}});
      }
    }
  }
  const ordered_json whole{{"displayTimeUnit", "ms"}, {"traceEvents", events}};
  return whole.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace yoke::bench
