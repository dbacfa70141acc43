#include "yoke_command.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// fields reads a list of failures: lines of fields.
std::vector<std::vector<std::string>> fields(const std::string& list) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream text{list};
  for (std::string line; std::getline(text, line);) {
    std::istringstream words{line + '\t'};
    auto& fresh = lines.emplace_back();
    for (std::string word; std::getline(words, word, '\t');) fresh.push_back(word);
  }
  return lines;
}

/// bad_text is an input with bad records in it: what it is, what is left without them, and where they begin.
struct bad_text {
  std::string all;
  std::string good;
  std::vector<std::size_t> offsets;
};

/// with_faults puts the record "fault ACTION" into the lines from "1" to "last", in front of each line in `before`.
bad_text with_faults(const std::string& action, int last, const std::vector<int>& before) {
  bad_text text;
  auto next = before.begin();
  for (int i = 1; i <= last; ++i) {
    if (next != before.end() && *next == i) {
      text.offsets.push_back(text.all.size());
      text.all += "fault " + action + '\n';
      ++next;
    }
    const std::string line = std::to_string(i) + '\n';
    text.all += line;
    text.good += line;
  }
  return text;
}

class map_faults : public testing::Test {
 protected:
  /// run maps `text` from a file, or from stdin, with these options.
  ended_program run(const bad_text& text, std::vector<std::string> options, bool from_stdin = false) {
    options.insert(options.begin(), {"map", "--block", "64K", "-j", "2", "--failed", failed_});
    options.emplace_back("fault");
    if (from_stdin) return yoke(options, text.all);
    options.push_back(folder_.file("input", text.all));
    return yoke(options);
  }
  [[nodiscard]] std::vector<std::vector<std::string>> failed() const { return fields(contents(failed_)); }

  temporary_folder folder_;
  std::string failed_ = folder_.path() / "failed";
};

// Sanitizers tell of a null pointer themselves, and leave.
#ifdef __SANITIZE_ADDRESS__
constexpr const char* end_of_null = "ended with exit 1";
#else
constexpr const char* end_of_null = "ended with SIGSEGV";
#endif

struct bad_end {
  std::string action;
  std::string reason;
  std::string attempts;
  std::vector<std::string> options;
};

void PrintTo(const bad_end& end, std::ostream* to) { *to << end.action; }

class map_faults_of_a_record : public map_faults, public testing::WithParamInterface<bad_end> {};

INSTANTIATE_TEST_SUITE_P(
    ends, map_faults_of_a_record,
    testing::Values(bad_end{"signal 11", "ended with SIGSEGV", "3", {}}, bad_end{"null", end_of_null, "3", {}},
                    bad_end{"signal 7", "ended with SIGBUS", "3", {}},
                    bad_end{"signal 8", "ended with SIGFPE", "3", {}},
                    bad_end{"signal 4", "ended with SIGILL", "2", {"--attempts", "2"}},
                    bad_end{"signal 6", "ended with SIGABRT", "1", {"--attempts", "1"}},
                    bad_end{"exit 0", "ended with exit 0", "3", {}}, bad_end{"exit 3", "ended with exit 3", "3", {}},
                    bad_end{"throw too bad", "threw std::runtime_error: too bad", "1", {}},
                    bad_end{"hang", "longer than 60 ms", "1", {"--timeout", "60ms", "--attempts", "1"}},
                    bad_end{"spin", "longer than 60 ms", "1", {"--timeout", "60ms", "--attempts", "1"}},
                    bad_end{"stubborn", "longer than 60 ms", "1", {"--timeout", "60ms", "--attempts", "1"}},
                    bad_end{"stop", "longer than 60 ms", "1", {"--timeout", "60ms", "--attempts", "1"}}),
    [](const auto& parameter) {
      std::string name = parameter.param.action;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

TEST_P(map_faults_of_a_record, cost_that_record_and_no_other) {
  const bad_text text = with_faults(GetParam().action, 30'000, {7, 12'000, 30'000});
  for (const bool from_stdin : {false, true}) {
    const auto ended = run(text, GetParam().options, from_stdin);
    EXPECT_EQ(ended.status, 4) << ended.err;
    EXPECT_EQ(ended.out == text.good, true) << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("3 records failed"), HasSubstr(GetParam().reason)));
    const auto lines = failed();
    ASSERT_EQ(lines.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string record = "fault " + GetParam().action;
      EXPECT_THAT(lines[i], ElementsAre(EndsWith(from_stdin ? "-" : "/input"), std::to_string(text.offsets[i]),
                                        std::to_string(record.size()), GetParam().attempts,
                                        HasSubstr(GetParam().reason), record));
    }
  }
}

// AddressSanitizer maps far more memory than the records use, and ends a process that cannot have it.
#ifndef __SANITIZE_ADDRESS__
TEST_F(map_faults, fail_a_record_that_wants_more_memory_than_a_worker_may_have) {
  const bad_text text = with_faults("leak 900000000", 30'000, {12'000});
  const auto ended = run(text, {"--memory-per-worker", "64M"});
  EXPECT_EQ(ended.status, 4);
  EXPECT_EQ(ended.out, text.good);
  // The kernel ends a worker that is in a control group of its own; elsewhere the allocation fails.
  EXPECT_THAT(ended.err, AnyOf(HasSubstr("out of memory"), HasSubstr("bad_alloc")));
}

TEST_F(map_faults, replace_workers_that_keep_too_much_memory_and_lose_nothing) {
  const bad_text text = with_faults("leak 40000000", 30'000, {1'000, 12'000, 15'000, 29'000});
  const auto ended = run(text, {"--memory-per-worker", "64M"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, text.all);
}
#endif

TEST_F(map_faults, leave_nobody_behind_that_a_record_has_started) {
  const bad_text text = with_faults("fork", 30'000, {12'000, 15'000});
  const auto ended = run(text, {});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, text.all);
  EXPECT_THAT(failed(), IsEmpty());
}

TEST_F(map_faults, let_a_record_say_much_on_stderr) {
  const bad_text text = with_faults("chatter 500000", 30'000, {12'000});
  const auto ended = run(text, {});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.out, text.all);
  EXPECT_GE(ended.err.size(), 500'000U);
}

TEST_F(map_faults, forgive_a_record_that_crashes_twice_and_works_then) {
  const bad_text text = with_faults("signal 11", 4, {2});
  const std::string file = folder_.file("input", text.all);
  const std::string counter = folder_.path() / "counter";
  // The first finds the record, two are the attempts before the last.
  for (const std::string faults : {"1", "2", "3"}) {
    std::ofstream{counter, std::ios::trunc} << "";
    const auto ended = yoke({"map", "fault", "--times", faults, "--counter", counter, file});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, text.all);
    EXPECT_THAT(ended.err, HasSubstr(faults + (faults == "1" ? " worker died" : " workers died")));
  }
}

TEST_F(map_faults, blame_no_record_for_workers_that_are_killed_from_outside) {
  const bad_text text = with_faults("signal 9", 30'000, {12'000, 20'000});
  const std::string file = folder_.file("input", text.all);
  const std::string counter = folder_.path() / "counter";
  const auto ended = yoke({"map", "--attempts", "1", "fault", "--times", "15", "--counter", counter, file});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, text.all);
  EXPECT_THAT(ended.err, HasSubstr("15 workers died and were replaced"));
}

TEST_F(map_faults, name_ten_records_and_count_the_others) {
  std::vector<int> many;
  for (int i = 1; i <= 25; ++i) many.push_back(i * 1000);
  const bad_text text = with_faults("throw no", 30'000, many);
  const auto ended = run(text, {});
  EXPECT_THAT(ended.err, AllOf(HasSubstr("25 records failed"), HasSubstr("and 15 more")));
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 12);
  EXPECT_EQ(failed().size(), 25U);
  EXPECT_THAT(yoke({"map", "fault"}, text.all).err, HasSubstr("--failed FILE lists them all"));
}

TEST_F(map_faults, are_summed_up_and_quiet_leaves_the_workers_out) {
  const bad_text text = with_faults("exit 1", 100, {50});
  EXPECT_THAT(run(text, {}).err, HasSubstr("workers died and were replaced"));
  EXPECT_THAT(run(text, {"--quiet"}).err, AllOf(HasSubstr("1 record failed"), Not(HasSubstr("were replaced"))));
}

TEST_F(map_faults, are_told_from_blocks_of_several_small_files) {
  std::vector<std::string> arguments{"map", "--failed", failed_, "fault"};
  std::string good;
  for (int i = 0; i < 200; ++i) {
    const std::string line = std::to_string(i) + '\n';
    const bool bad = i % 77 == 5;
    arguments.push_back(folder_.file("file" + std::to_string(i), line + (bad ? "fault exit 9\n" : "") + line));
    good += line + line;
  }
  const auto ended = yoke(arguments);
  EXPECT_EQ(ended.status, 4);
  EXPECT_EQ(ended.out, good);
  const auto lines = failed();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0][0], EndsWith("/file5"));
  EXPECT_THAT(lines[1][0], EndsWith("/file82"));
  EXPECT_THAT(lines[2][0], EndsWith("/file159"));
  EXPECT_EQ(lines[2][1], "4");
}

TEST_F(map_faults, may_lie_at_the_very_ends_and_between_empty_lines) {
  const std::string bad = "fault exit 2";
  for (const bool from_stdin : {false, true}) {
    const auto alone = run({bad, "", {0}}, {}, from_stdin);
    EXPECT_EQ(alone.status, 4);
    EXPECT_EQ(alone.out, "");
    EXPECT_THAT(failed(), ElementsAre(ElementsAre(testing::_, "0", "12", "3", testing::_, bad)));
    EXPECT_EQ(run({bad + "\n\n\n" + bad, "", {}}, {}, from_stdin).out, "\n\n");
    EXPECT_EQ(failed().size(), 2U);
  }
}

TEST_F(map_faults, are_found_among_records_of_any_length) {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    std::mt19937 random{seed};
    bad_text text;
    while (text.all.size() < 400'000) {
      if (random() % 60 == 0) {
        text.offsets.push_back(text.all.size());
        text.all += random() % 2 == 0 ? "fault exit 1\n" : "fault throw it\n";
      }
      const std::string line = std::string(random() % 3 == 0 ? random() % 9000 : random() % 20, 'x') + '\n';
      text.all += line;
      text.good += line;
    }
    for (const bool from_stdin : {false, true}) {
      const auto ended = run(text, {"--attempts", "1", "--block", seed % 2 == 0 ? "4K" : "100K"}, from_stdin);
      EXPECT_EQ(ended.out == text.good, true) << "seed " << seed << '\n' << ended.err;
      std::vector<std::size_t> offsets;
      for (const auto& line : failed()) offsets.push_back(std::stoul(line.at(1)));
      EXPECT_EQ(offsets, text.offsets) << "seed " << seed;
    }
  }
}

TEST_F(map_faults, are_listed_with_their_first_bytes_and_in_one_line_each) {
  const std::string record = "fault throw tab\there, backslash \\, bell \a, umlaut \xc3\xbc" + std::string(500, 'x');
  run({record + '\n', "", {0}}, {});
  const auto lines = failed();
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].size(), 6U);
  EXPECT_EQ(lines[0][2], std::to_string(record.size()));
  EXPECT_THAT(lines[0][5],
              testing::StartsWith("fault throw tab\\there, backslash \\\\, bell \\x07, umlaut \\xc3\\xbcx"));
  EXPECT_EQ(shell("printf %b \"$1\"", {lines[0][5]}).out, record.substr(0, 200));
}

TEST_F(map_faults, leave_an_empty_list_where_there_are_none_and_the_old_one_where_the_answer_fails) {
  const std::string list = folder_.file("failed", "old");
  EXPECT_EQ(yoke({"map", "--failed", list, "wc"}, "a\n").status, 0);
  EXPECT_EQ(contents(list), "");
  folder_.file("failed", "old");
  EXPECT_EQ(yoke({"map", "--failed", list, "wc", "/no/such/file"}).status, 3);
  EXPECT_EQ(contents(list), "old");
}

TEST_F(map_faults, do_not_keep_the_other_records_from_the_output_file) {
  const bad_text text = with_faults("signal 11", 100, {50});
  const std::string out = folder_.file("out", "old");
  EXPECT_EQ(run(text, {"-o", out}).status, 4);
  EXPECT_EQ(contents(out), text.good);
}

TEST_F(map_faults, cost_no_record_more_when_order_does_not_matter) {
  const bad_text text = with_faults("signal 11", 30'000, {5, 20'000});
  folder_.file("good", text.good);
  const auto ended = run(text, {"--unordered"});
  EXPECT_EQ(ended.status, 4);
  EXPECT_EQ(shell("sort -n \"$1\"", {folder_.file("out", ended.out)}).out, text.good);
}

class map_faults_without_processes : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(backends, map_faults_without_processes, testing::Values("thread", "serial"), by_name());

TEST_P(map_faults_without_processes, name_each_record_that_throws) {
  const bad_text text = with_faults("throw no", 30'000, {1, 15'000, 15'001});
  const auto ended = yoke({"map", "--backend", GetParam(), "--block", "8K", "fault"}, text.all);
  EXPECT_EQ(ended.status, 4);
  EXPECT_EQ(ended.out, text.good);
  EXPECT_THAT(ended.err, HasSubstr("3 records failed"));
}

TEST_F(map_faults, of_every_record_but_the_last_are_all_named_and_the_last_arrives) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "fault signal 11\n";
  const auto ended = yoke({"map", "fault"}, text + "good\n");
  EXPECT_EQ(ended.status, 4) << ended.err;
  EXPECT_EQ(ended.out, "good\n");
  EXPECT_THAT(ended.err, HasSubstr("300 records failed"));
}

TEST_F(map_faults, of_records_that_kill_their_workers_from_outside_leave_the_others_alone) {
  const auto ended = yoke({"map", "fault"}, "fault signal 9\nfault signal 9\nfault signal 9\ngood\n");
  EXPECT_EQ(ended.status, 4) << ended.err;
  EXPECT_EQ(ended.out, "good\n");
}

TEST_F(map_faults, end_it_with_status_5_and_a_cure_where_no_worker_can_be_started) {
  const std::string reachable = folder_.path() / "yoke";
  const std::string script =
      "export ASAN_OPTIONS=detect_leaks=0; "  // the detector is a process, too
      "cp \"$YOKE\" \"$1\"; chmod -R a+rX \"${1%/*}/..\" 2> /dev/null; "
      "exec setpriv --reuid 65534 --clear-groups bash -c 'ulimit -u 1; exec \"$1\" map wc /dev/null' bash \"$1\"";
  const auto ended = shell(script, {reachable});
  EXPECT_EQ(ended.status, 5) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("--backend thread"), HasSubstr("-j"), HasSubstr("yoke doctor"),
                               Not(HasSubstr("yoke::"))));
}

class map_faults_in_a_file_that_shrinks : public map_faults {};

TEST_F(map_faults_in_a_file_that_shrinks, are_an_input_error_however_they_are_found) {
  const bad_text text = with_faults("signal 11", 200'000, {3});
  const std::string file = folder_.file("input", text.all);
  const std::string fifo = make_fifo(folder_, "first");
  running_yoke running{{"map", "--block", "1T", "fault", fifo, file}};
  fifo_writer in{fifo};
  std::filesystem::resize_file(file, 4096);
  in.write("1\n");
  in.close();
  const auto ended = running.wait();
  EXPECT_EQ(ended.status, 3) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("shrank while being read"));
}

}  // namespace
