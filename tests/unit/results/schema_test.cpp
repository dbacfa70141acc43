#include "bench/results/exports.hpp"
#include "bench/results/json.hpp"
#include "support/measured/made_results.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::HasSubstr;
using testing::IsEmpty;

/// validate says what python3-jsonschema finds wrong with results, line by line.
yoke_test::ended_program validate(const std::string& json) {
  const yoke_test::temporary_folder folder;
  const std::string script =
      "import json, sys\n"
      "from jsonschema import Draft202012Validator as validator\n"
      "schema = json.load(open(sys.argv[1]))\n"
      "validator.check_schema(schema)\n"
      "for e in validator(schema).iter_errors(json.load(open(sys.argv[2]))): print(e.json_path, e.message)\n";
  return yoke_test::program{
      {"/usr/bin/python3", "-c", script, YOKE_SOURCE "/bench/results/schema.json", folder.file("results.json", json)}}
      .run();
}

TEST(results_schema_process, holds_for_what_is_written) {
  results given = yoke_test::small_results();
  given.cells[0].repetitions[0].pss = unknown;
  const auto ended = validate(to_json(given));
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST(results_schema_process, finds_what_is_wrong) {
  std::string text = to_json(yoke_test::small_results());
  text.replace(text.find("\"wall\":"), 7, "\"Wall\":");
  const auto ended = validate(text);
  EXPECT_THAT(ended.out, HasSubstr("'wall' is a required property"));
  EXPECT_THAT(ended.out, HasSubstr("'Wall' was unexpected"));
}

}  // namespace
