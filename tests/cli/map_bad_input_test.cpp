#include "yoke_command.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// expect_refusal runs `yoke map`, which is to end with a status and a message, and nothing on stdout.
void expect_refusal(const std::vector<std::string>& arguments, int status, const testing::Matcher<std::string>& message,
                    const std::string& input = {}) {
  std::vector<std::string> words{"map"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto ended = yoke(words, input);
  EXPECT_EQ(ended.status, status) << ended.err;
  EXPECT_THAT(ended.err, message);
  EXPECT_THAT(ended.err, testing::StartsWith("yoke map: "));
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST(map_bad_input, names_each_file_that_is_missing) {
  expect_refusal({"wc", "/no/such/file", "/dev/null", "/nor/this"}, 3,
                 AllOf(HasSubstr("/no/such/file: No such file"), HasSubstr("/nor/this: No such file")));
}

TEST(map_bad_input, names_a_file_that_is_not_readable) {
  const temporary_folder folder;
  const std::string file = folder.file("secret", "x\n");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  const std::string script =
      "if [ \"$(id -u)\" = 0 ]; then exec setpriv --reuid 65534 --clear-groups \"$YOKE\" map wc \"$1\"; "
      "else exec \"$YOKE\" map wc \"$1\"; fi";
  const std::filesystem::path command = YOKE_PROGRAM;
  const std::string reachable = folder.path() / "yoke";
  std::filesystem::copy_file(command, reachable);
  std::filesystem::permissions(folder.path().parent_path(), std::filesystem::perms::all);
  const auto ended = program{{"bash", "-c", script, "bash", file}}.environment("YOKE", reachable).run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr(file), HasSubstr("Permission denied")));
}

TEST(map_bad_input, names_a_directory_and_says_what_to_name_instead) {
  const temporary_folder folder;
  expect_refusal({"wc", folder.path()}, 3, AllOf(HasSubstr("Is a directory"), HasSubstr("/*")));
}

TEST(map_bad_input, says_where_a_regular_expression_is_wrong) {
  expect_refusal({"grep", "a(b"}, 2, AllOf(HasSubstr("a(b"), HasSubstr("position")));
  expect_refusal({"grep"}, 2, HasSubstr("grep needs REGEX"));
}

TEST(map_bad_input, explains_numbers_of_workers_that_make_no_sense) {
  expect_refusal({"-j", "0", "wc"}, 2, AllOf(HasSubstr("-j 0"), HasSubstr("leave -j out")));
  expect_refusal({"-j0%", "wc"}, 2, HasSubstr("-j 0%"));
  expect_refusal({"-j", "x", "wc"}, 2, AllOf(HasSubstr("-j x"), HasSubstr("write N, N%, +N or -N")));
  expect_refusal({"-j", "100000", "wc"}, 2, AllOf(HasSubstr("-j 100000"), HasSubstr("at most 4096")));
  expect_refusal({"-j", "99999999999999999999", "wc"}, 2, HasSubstr("at most 4096"));
  expect_refusal({"-j", "", "wc"}, 2, HasSubstr("not a number of workers"));
  expect_refusal({"-j"}, 2, HasSubstr("-j needs an argument"));
}

TEST(map_bad_input, explains_sizes_that_make_no_sense) {
  expect_refusal({"--block", "0", "wc"}, 2, AllOf(HasSubstr("--block 0"), HasSubstr("1M")));
  expect_refusal({"--block", "4X", "wc"}, 2, AllOf(HasSubstr("--block 4X"), HasSubstr("K, M, G or T")));
  expect_refusal({"--block=-1", "wc"}, 2, HasSubstr("--block -1"));
  expect_refusal({"--block", "99999999T", "wc"}, 2, HasSubstr("more than any memory holds"));
  expect_refusal({"--block", "4095", "wc"}, 2, AllOf(HasSubstr("--block 4095"), HasSubstr("at least 4K")));
  expect_refusal({"--memory-per-worker", "much", "wc"}, 2, HasSubstr("--memory-per-worker much"));
}

TEST(map_bad_input, explains_times_and_attempts_that_make_no_sense) {
  expect_refusal({"--timeout", "soon", "wc"}, 2, AllOf(HasSubstr("--timeout soon"), HasSubstr("500ms")));
  for (const std::string time : {"0", "0.5ms", "99999999d", "-1s", "1e3s", "inf", "nan", "", "s"}) {
    expect_refusal({"--timeout=" + time, "wc"}, 2, HasSubstr("--timeout " + time));
  }
  for (const std::string attempts : {"0", "-1", "51", "many", ""}) {
    expect_refusal({"--attempts=" + attempts, "wc"}, 2, HasSubstr("from 1 to 50"));
  }
}

TEST(map_bad_input, refuses_limits_where_no_worker_can_be_ended) {
  for (const std::string backend : {"thread", "threads", "serial"}) {
    expect_refusal({"--backend", backend, "--timeout", "1s", "wc"}, 2, HasSubstr("--timeout needs --backend process"));
    expect_refusal({"--backend", backend, "--memory-per-worker", "1G", "wc"}, 2, HasSubstr("--backend process"));
  }
  EXPECT_EQ(yoke({"map", "--backend", "processes", "--timeout", "1.5m", "--memory-per-worker", "1G", "wc"}, "a\n").out,
            "1 1 2\n");
}

TEST(map_bad_input, refuses_a_list_of_failures_where_it_cannot_be) {
  const temporary_folder folder;
  const std::string out = folder.path() / "out";
  expect_refusal({"--failed", "-", "wc"}, 2, HasSubstr("name a file"));
  expect_refusal({"--failed=", "wc"}, 2, HasSubstr("--failed needs the name of a file"));
  expect_refusal({"-o", out, "--failed", folder.path().string() + "/./out", "wc"}, 2, HasSubstr("name another file"));
  expect_refusal({"--failed", folder.path(), "wc"}, 3, HasSubstr("Is a directory"));
  EXPECT_EQ(yoke({"map", "-o", "/dev/null", "--failed", "/dev/null", "wc"}, "a\n").status, 0);
}

TEST(map_bad_input, never_writes_a_list_over_an_input) {
  const temporary_folder folder;
  const std::string input = folder.file("in", "a\n");
  const std::string twin = folder.path() / "twin";
  std::filesystem::create_hard_link(input, twin);
  for (const std::string option : {"--failed", "--trace"}) {
    expect_refusal({option, input, "wc", input}, 2, AllOf(HasSubstr(input), HasSubstr("that is an input")));
    expect_refusal({option, twin, "wc", input}, 2, AllOf(HasSubstr(twin), HasSubstr("that is an input")));
    const auto redirected = shell("\"$YOKE\" map " + option + " \"$1\" wc < \"$1\"", {input});
    EXPECT_EQ(redirected.status, 2) << redirected.err;
  }
  EXPECT_EQ(contents(input), "a\n");
}

TEST(map_bad_input, puts_a_name_without_characters_into_quotes) {
  expect_refusal({"wc", ""}, 3, HasSubstr("'': No such file"));
}

TEST(map_bad_input, suggests_the_nearest_kernel_option_or_choice) {
  expect_refusal({"wcc"}, 2, HasSubstr("did you mean wc?"));
  expect_refusal({"grpe", "x"}, 2, HasSubstr("did you mean grep?"));
  expect_refusal({"zzzzzz"}, 2, HasSubstr("yoke kernels lists them"));
  expect_refusal({"--blok", "1M", "wc"}, 2, HasSubstr("did you mean --block?"));
  expect_refusal({"freq", "--filed", "1"}, 2, HasSubstr("did you mean --field?"));
  expect_refusal({"--backend", "tread", "wc"}, 2, HasSubstr("did you mean thread?"));
  expect_refusal({"--quiet=yes", "wc"}, 2, HasSubstr("--quiet takes no argument"));
}

TEST(map_bad_input, says_on_which_side_of_the_kernel_an_option_belongs) {
  expect_refusal({"-c", "grep", "x"}, 2, HasSubstr("behind its name: yoke map grep -c"));
  expect_refusal({"grep", "-j2", "x"}, 2, HasSubstr("before the kernel: yoke map -j ... grep"));
  expect_refusal({"grep", "-o", "x"}, 2, HasSubstr("before the kernel: yoke map -o ... grep"));
}

TEST(map_bad_input, asks_for_a_kernel) { expect_refusal({}, 2, AllOf(HasSubstr("which kernel?"), HasSubstr("wc"))); }

TEST(map_bad_input, says_that_a_closed_stdout_cannot_be_written) {
  const auto ended = yoke_command({"map", "wc", "/dev/null"}).stdout_closed().run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("standard output is closed"));
}

TEST(map_bad_input, does_not_write_into_a_file_opened_in_the_place_of_a_closed_stdout) {
  const temporary_folder folder;
  const std::string file = folder.file("text", numbers(100'000));
  const auto ended = yoke_command({"map", "grep", "", file}).stdout_closed().run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_EQ(yoke({"map", "wc", file}).out, "100000 100000 588895\n");
}

TEST(map_bad_input, says_that_a_closed_stdin_cannot_be_read) {
  const auto ended = shell("\"$YOKE\" map wc <&-");
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("standard input is closed"));
}

TEST(map_bad_input, reports_a_stdout_that_is_full) {
  const auto ended = yoke_command({"map", "wc", "/dev/null"}).stdout_to("/dev/full").run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("standard output"), HasSubstr("No space left")));
}

TEST(map_bad_input, reports_a_stdout_that_is_full_in_the_middle_of_the_lines) {
  const temporary_folder folder;
  const std::string file = folder.file("text", numbers(300'000));
  const auto ended = yoke_command({"map", "--block", "10K", "grep", "", file}).stdout_to("/dev/full").run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("No space left"));
}

TEST(map_bad_input, cannot_read_a_directory_on_stdin) {
  const auto ended = shell("\"$YOKE\" map wc < /");
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("Is a directory"));
}

class a_file_that_changes : public testing::TestWithParam<std::string> {
 protected:
  /// run maps a FIFO and then `file`; `change` happens when all inputs have been checked and before `file` is read.
  template <class Change>
  ended_program run(const std::string& file, Change change) {
    const std::string fifo = make_fifo(folder_, "first");
    running_yoke running{{"map", "--backend", GetParam(), "grep", "-c", "1", fifo, file}};
    fifo_writer in{fifo};
    change();
    in.write("1\n");
    in.close();
    return running.wait();
  }
  temporary_folder folder_;
};

INSTANTIATE_TEST_SUITE_P(backends, a_file_that_changes, testing::Values("process", "thread", "serial"), by_name());

TEST_P(a_file_that_changes, is_named_when_it_is_cut_short_below_a_page) {
  const std::string file = folder_.file("text", numbers(1'000'000));
  const auto ended = run(file, [&] { std::filesystem::resize_file(file, 100); });
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr(file + " shrank while being read"));
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST_P(a_file_that_changes, is_named_when_it_loses_its_last_bytes_only) {
  const std::string file = folder_.file("text", numbers(1'000'000));
  const auto ended = run(file, [&] { std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1); });
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("shrank while being read"));
}

TEST_P(a_file_that_changes, is_named_when_it_is_small_and_emptied) {
  const std::string file = folder_.file("text", numbers(1'000));
  const auto ended = run(file, [&] { std::filesystem::resize_file(file, 0); });
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("shrank while being read"));
}

TEST_P(a_file_that_changes, is_named_when_it_is_small_and_removed) {
  const std::string file = folder_.file("text", numbers(1'000));
  const auto ended = run(file, [&] { std::filesystem::remove(file); });
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr(file));
}

TEST_P(a_file_that_changes, is_read_as_it_was_when_it_grows) {
  const std::string file = folder_.file("text", "1\n1\n");
  const auto ended = run(file, [&] { folder_.file("text", "1\n1\n1\n1\n"); });
  EXPECT_EQ(ended.out, "3\n") << ended.err;
}

#ifndef __SANITIZE_ADDRESS__  // its check of types needs descriptors of its own
TEST(map_bad_input, says_that_open_files_are_short_at_every_limit_on_them) {
  const temporary_folder folder;
  const std::string file = folder.file("numbers", numbers(100));
  for (int limit = 4; limit < 40; ++limit) {
    const auto ended = shell("ulimit -n \"$1\" && exec \"$YOKE\" map -j 2 wc \"$2\"", {std::to_string(limit), file});
    if (ended.status == 0) return;
    EXPECT_THAT(ended.err, testing::ContainsRegex("[Oo]pen files|ulimit -n|loading shared libraries")) << limit;
    EXPECT_THAT(ended.err, Not(HasSubstr("did not answer"))) << limit;
  }
  FAIL() << "forty open files have to be enough";
}
#endif

}  // namespace
