#include <yoke/insights.hpp>

#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

json trace_of(const yoke::insights& seen) {
  std::ostringstream text;
  yoke::write_chrome_trace(text, seen);
  return json::parse(text.str());
}

}  // namespace

TEST(chrome_trace, has_a_row_for_each_worker_and_a_slice_for_each_chunk) {
  yoke::insights seen;
  seen.began = 5s;
  seen.timeline = {
      {.worker = 41, .call = 1, .first = 0, .count = 10, .done = 10, .began = 5s + 1500ns, .ended = 5s + 4us},
      {.worker = 42, .call = 2, .first = 10, .count = 4, .done = 3, .began = 6s, .ended = 6s + 1ms},
  };
  const json trace = trace_of(seen);
  std::map<int, std::string> rows;
  std::vector<json> slices;
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("name") == "thread_name") rows[event.at("tid")] = event.at("args").at("name");
    if (event.at("ph") == "X") slices.push_back(event);
  }
  EXPECT_EQ(rows, (std::map<int, std::string>{{41, "worker 41"}, {42, "worker 42"}}));
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(slices[0].at("tid"), 41);
  EXPECT_DOUBLE_EQ(slices[0].at("ts"), 1.5);
  EXPECT_DOUBLE_EQ(slices[0].at("dur"), 2.5);
  EXPECT_EQ(slices[1].at("args"), (json{{"call", 2}, {"first", 10}, {"count", 4}, {"done", 3}}));
  EXPECT_DOUBLE_EQ(slices[1].at("ts"), 1e6);
}

TEST(chrome_trace, is_json_without_a_chunk_too) {
  yoke::insights seen;
  seen.left_out = 3;
  const json trace = trace_of(seen);
  EXPECT_EQ(trace.at("otherData").at("chunks left out"), 3);
  for (const json& event : trace.at("traceEvents")) EXPECT_EQ(event.at("ph"), "M");
}

TEST(chrome_trace, of_many_chunks_has_them_all) {
  yoke::insights seen;
  for (std::uint64_t chunk = 0; chunk < 5000; ++chunk) seen.timeline.push_back({.worker = 1, .first = chunk});
  const json trace = trace_of(seen);
  std::set<std::uint64_t> firsts;
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("ph") == "X") firsts.insert(event.at("args").at("first").get<std::uint64_t>());
  }
  EXPECT_EQ(firsts.size(), 5000U);
}
