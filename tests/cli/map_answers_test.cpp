#include "yoke_command.hpp"

#include <filesystem>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::IsEmpty;

/// text_like_logs makes lines of words, some empty, some long, with bytes of all kinds among them.
std::string text_like_logs(std::size_t lines) {
  std::mt19937 random{99};
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    for (auto words = random() % 12; words > 0; --words) {
      text += "w" + std::to_string(random() % 300) + (random() % 9 == 0 ? "\t" : " ");
    }
    if (random() % 50 == 0) text += std::string(random() % 4000, static_cast<char>(random()));
    text += '\n';
  }
  return text;
}

class map_on_each_backend : public testing::TestWithParam<std::string> {
 protected:
  ended_program map(std::vector<std::string> arguments, std::string input = {}) {
    arguments.insert(arguments.begin(), {"map", "--backend", GetParam()});
    return yoke(std::move(arguments), std::move(input));
  }
  temporary_folder folder_;
};

INSTANTIATE_TEST_SUITE_P(backends, map_on_each_backend, testing::Values("process", "thread", "serial"), by_name());

TEST_P(map_on_each_backend, wc_counts_as_wc_does_for_any_block_size) {
  const std::string text = text_like_logs(20'000);
  const std::string file = folder_.file("text", text);
  const std::string expected = shell("wc < \"$1\" | tr -s ' ' | sed 's/^ //'", {file}).out;
  for (const std::string block : {"4K", "5555", "64K", "1M", "1T"}) {
    EXPECT_EQ(map({"--block", block, "wc", file}).out, expected) << block;
    EXPECT_EQ(map({"--block", block, "wc"}, text).out, expected) << block << " from stdin";
  }
}

TEST_P(map_on_each_backend, grep_prints_in_input_order_for_any_block_size) {
  const std::string text = text_like_logs(20'000);
  const std::string file = folder_.file("text", text);
  const std::string expected = shell("grep -aE 'w1[0-9]+ w2' \"$1\"", {file}).out;
  for (const std::string block : {"10K", "100k", "4M"}) {
    EXPECT_EQ(map({"--block", block, "grep", "w1[0-9]+ w2", file}).out, expected) << block;
    EXPECT_EQ(map({"--block", block, "grep", "w1[0-9]+ w2"}, text).out, expected) << block << " from stdin";
  }
}

TEST_P(map_on_each_backend, grep_unordered_prints_the_same_lines) {
  const std::string file = folder_.file("text", numbers(100'000));
  const std::string script =
      "\"$YOKE\" map --backend \"$2\" --block 10K --unordered grep 77 \"$1\" | sort | md5sum; "
      "grep 77 \"$1\" | sort | md5sum";
  const std::string sums = shell(script, {file, GetParam()}).out;
  EXPECT_EQ(sums.substr(0, sums.size() / 2), sums.substr(sums.size() / 2));
}

TEST_P(map_on_each_backend, freq_counts_as_sort_and_uniq_do) {
  const std::string file = folder_.file("text", text_like_logs(5'000));
  const std::string words = shell(
                                "tr -s '[:space:]' '\\n' < \"$1\" | grep -av '^$' | sort | uniq -c | "
                                "sed -E 's/^ *([0-9]+) /\\1\\t/' | sort -t '\t' -k1,1nr -k2 | head -n 20",
                                {file})
                                .out;
  EXPECT_EQ(map({"--block", "20K", "freq", "--words", "--top", "20", file}).out, words);
}

TEST_P(map_on_each_backend, adds_up_several_inputs_in_their_order) {
  const std::string one = folder_.file("one", "a 1\na 2");
  const std::string two = folder_.file("two", "a 3\nb\n");
  EXPECT_EQ(map({"wc", one, "-", two}, "x\n").out, "4 8 15\n"s);
  EXPECT_EQ(map({"grep", "a", two, "-", one}, "a 9\n").out, "a 3\na 9\na 1\na 2\n");
}

TEST_P(map_on_each_backend, takes_an_empty_file_for_nothing) {
  const std::string empty = folder_.file("empty", "");
  EXPECT_EQ(map({"wc", empty, empty}).out, "0 0 0\n");
  EXPECT_EQ(map({"freq", empty}).out, "");
  EXPECT_EQ(map({"grep", "", empty}).status, 1);
  EXPECT_EQ(map({"wc"}).out, "0 0 0\n");
}

TEST_P(map_on_each_backend, passes_nul_bytes_and_carriage_returns_through) {
  const std::string text = "a\0b\r\n\0\0\nc\r\n"s;
  const std::string file = folder_.file("bytes", text);
  EXPECT_EQ(map({"grep", "", file}).out, text);
  EXPECT_EQ(map({"grep", "", "-"}, text).out, text);
}

TEST_P(map_on_each_backend, works_on_a_line_longer_than_many_blocks) {
  const std::string text = "first\n" + std::string(3'000'000, 'x') + " y\nlast\n";
  const std::string file = folder_.file("long", text);
  EXPECT_EQ(map({"--block", "100K", "wc", file}).out, "3 4 3000014\n");
  EXPECT_EQ(map({"--block", "100K", "wc"}, text).out, "3 4 3000014\n");
  EXPECT_EQ(map({"--block", "100K", "grep", "st$", file}).out, "first\nlast\n");
  EXPECT_EQ(map({"--block", "100K", "grep", "x y"}, text).out.size(), 3'000'003U);
}

TEST_P(map_on_each_backend, reads_proc_files_as_streams) {
  const auto ended = map({"grep", "-c", "^processor", "/proc/cpuinfo"});
  EXPECT_EQ(ended.out, shell("grep -c ^processor /proc/cpuinfo").out);
  EXPECT_EQ(map({"wc", "/proc/self/mounts"}).status, 0);
}

TEST_P(map_on_each_backend, works_on_thousands_of_small_files_with_few_descriptors) {
  std::string all;
  std::vector<std::string> arguments{"map", "--backend", GetParam(), "grep", "x"};
  std::filesystem::create_directory(folder_.path() / "many");
  for (int i = 0; i < 3000; ++i) {
    const std::string line = "x" + std::to_string(i) + '\n';
    arguments.push_back(folder_.file("many/" + std::to_string(i), line));
    all += line;
  }
  EXPECT_EQ(yoke_command(arguments).limit(RLIMIT_NOFILE, 32).run().out, all);
}

TEST(map_answers, do_not_depend_on_the_number_of_workers) {
  const temporary_folder folder;
  const std::string file = folder.file("text", numbers(200'000));
  const std::string expected = shell("grep 7 \"$1\"", {file}).out;
  for (const std::string workers : {"1", "3", "7", "50%", "+2", "-1"}) {
    EXPECT_EQ(yoke({"map", "-j", workers, "--block", "50K", "grep", "7", file}).out, expected) << workers;
  }
}

TEST(map_answers, take_a_regular_file_behind_a_descriptor) {
  const temporary_folder folder;
  const std::string file = folder.file("text", numbers(10'000));
  EXPECT_EQ(shell("\"$YOKE\" map wc /dev/fd/5 5< \"$1\"", {file}).out, "10000 10000 48894\n");
  EXPECT_EQ(shell("\"$YOKE\" map wc /dev/stdin < \"$1\"", {file}).out, "10000 10000 48894\n");
}

TEST(map_answers, take_pipes_of_process_substitution) {
  EXPECT_EQ(shell("\"$YOKE\" map wc <(seq 10) <(seq 5)").out, "15 15 31\n");
}

TEST(map_answers, come_line_by_line_where_the_input_does) {
  const temporary_folder folder;
  const std::string in = make_fifo(folder, "in");
  const std::string out = make_fifo(folder, "out");
  const std::string script =
      "exec 3<> \"$2\"; \"$YOKE\" map grep a \"$1\" >&3 & exec 4> \"$1\"; echo a1 >&4; "
      "read -r line <&3; echo \"got $line\"; echo a2 >&4; exec 4>&-; wait $!; read -r line <&3; "
      "echo \"got $line\"";
  EXPECT_EQ(shell(script, {in, out}).out, "got a1\ngot a2\n");
}

TEST(map_answers, survive_workers_that_are_killed_all_the_time) {
  const temporary_folder folder;
  const std::string fifo = make_fifo(folder, "in");
  running_yoke running{{"map", "-j", "3", "--block", "4K", "freq", fifo}};
  fifo_writer in{fifo};
  const std::string part = numbers(5'000);
  std::size_t killed = 0;
  for (int round = 0; round < 20; ++round) {
    in.write(part);
    for (const pid_t worker : worker_pids()) {
      if (kill(worker, SIGKILL) == 0) ++killed;
      break;
    }
  }
  in.close();
  const auto ended = running.wait();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_GT(killed, 0U);
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 5'000);
  std::istringstream lines{ended.out};
  for (std::string line; std::getline(lines, line);) ASSERT_TRUE(line.starts_with("20\t")) << line;
}

TEST(map_answers, come_alone_on_stdout) {
  const auto ended = yoke({"map", "wc"}, "a\n");
  EXPECT_EQ(ended.out, "1 1 2\n");
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_EQ(ended.status, 0);
}

TEST(map_answers, report_progress_on_stderr_when_asked) {
  const auto ended = yoke({"map", "--progress", "always", "wc"}, "a\n");
  EXPECT_EQ(ended.out, "1 1 2\n");
  EXPECT_THAT(ended.err, HasSubstr("2 B"));
  EXPECT_THAT(yoke({"map", "--progress", "never", "wc"}, "a\n").err, IsEmpty());
}

}  // namespace
