#include "yoke_command.hpp"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace yoke_test;
using nlohmann::json;
using testing::HasSubstr;

class map_trace : public testing::TestWithParam<const char*> {
 protected:
  temporary_folder folder_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(backends, map_trace, testing::Values("process", "thread", "serial"));

TEST_P(map_trace, has_each_block_once) {
  const std::string input = folder_.file("input", numbers(20'000));
  const std::string trace = folder_.path() / "trace.json";
  EXPECT_EQ(yoke({"map", "--backend", GetParam(), "--block", "4K", "--trace", trace, "wc", input}).status, 0);
  const json events = json::parse(std::ifstream{trace}).at("traceEvents");
  std::uint64_t blocks = 0;
  for (const json& event : events) blocks += event.at("ph") == "X" ? 1 : 0;
  const std::uint64_t bytes = numbers(20'000).size();
  EXPECT_GE(blocks, bytes / 8192);
  EXPECT_LE(blocks, bytes / 4096 + 1);
}

TEST_P(map_trace, is_refused_where_something_else_is_written) {
  const std::string out = folder_.file("out", "old");
  const auto twice = yoke({"map", "-o", out, "--trace", out, "wc"}, "a\n");
  EXPECT_EQ(twice.status, 2);
  EXPECT_THAT(twice.err, HasSubstr("--trace"));
  EXPECT_EQ(yoke({"map", "--trace", "-", "wc"}, "a\n").status, 2);
  EXPECT_EQ(yoke({"map", "--trace", "/no/such/folder/file", "wc"}, "a\n").status, 3);
}
