#include "workers/stderr_relay.hpp"

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "sys/error.hpp"

#include <array>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke::detail;

namespace {

/// A pipe as the real standard error: nobody reads it but the test, when it likes.
class stderr_relay_to_pipe : public testing::Test {
 protected:
  stderr_relay_to_pipe() : relay_{make_pipe()} {}

  int make_pipe() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "pipe of a test");
    reader_.reset(ends[0]);
    check(::fcntl(ends[0], F_SETFL, O_NONBLOCK), "fcntl of a test's pipe");
    real_.reset(ends[1]);
    return ends[1];
  }

  /// What the reader finds now.
  std::string read_all() {
    std::string all;
    std::array<char, 8192> buffer;
    for (ssize_t got = 0; (got = ::read(reader_.get(), buffer.data(), buffer.size())) > 0;) {
      all.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

  static void say(const stderr_relay::channel& worker, std::string_view text) {
    ASSERT_EQ(::write(worker.end.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  bool has_news() {
    pollfd watched{relay_.descriptor(), relay_.events(), 0};
    return ::poll(&watched, 1, 0) > 0;
  }

  void pass_on_all() {
    while (has_news()) relay_.pass_on();
  }

  void fill_real_one() {
    const std::string flood(65536, 'f');
    ASSERT_EQ(::write(real_.get(), flood.data(), flood.size()), 65536);
  }

  file_descriptor reader_;
  file_descriptor real_;
  stderr_relay relay_;
};

}  // namespace

TEST_F(stderr_relay_to_pipe, passes_on_what_a_worker_writes_and_quotes_it_at_its_end) {
  const auto worker = relay_.open();
  say(worker, "one\ntwo\n");
  pass_on_all();
  EXPECT_EQ(read_all(), "one\ntwo\n");
  say(worker, "three\n");
  EXPECT_EQ(relay_.close(worker.name), "one\ntwo\nthree");
  pass_on_all();
  EXPECT_EQ(read_all(), "three\n");
}

TEST_F(stderr_relay_to_pipe, does_not_hold_back_a_line_without_end) {
  const auto worker = relay_.open();
  say(worker, "50 % ");
  pass_on_all();
  EXPECT_EQ(read_all(), "50 % ");
}

TEST_F(stderr_relay_to_pipe, keeps_lines_of_several_workers_whole) {
  const auto one = relay_.open();
  const auto two = relay_.open();
  for (int round = 0; round < 300; ++round) {
    say(one, std::string(77, '1') + '\n');
    say(two, std::string(101, '2') + '\n');
  }
  pass_on_all();
  const std::string all = read_all();
  EXPECT_EQ(all.size(), 300U * (78 + 102));
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = all.find('\n', begin);
    ASSERT_EQ(all.substr(begin, end - begin), all[begin] == '1' ? std::string(77, '1') : std::string(101, '2'));
    begin = end + 1;
  }
}

TEST_F(stderr_relay_to_pipe, reads_nothing_while_nobody_reads_the_real_one) {
  const auto worker = relay_.open();
  fill_real_one();
  say(worker, "first\n");
  pass_on_all();
  EXPECT_FALSE(has_news());
  say(worker, std::string(60'000, 'x'));  // fits: nobody takes it out, and more would wait
  pass_on_all();
  EXPECT_EQ(::fcntl(worker.end.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string more(8192, 'x');
  EXPECT_LT(::write(worker.end.get(), more.data(), more.size()), static_cast<ssize_t>(more.size()));
  read_all();
  pass_on_all();
  EXPECT_EQ(read_all().substr(0, 10), "first\nxxxx");
}

TEST_F(stderr_relay_to_pipe, keeps_the_words_of_the_dead_until_somebody_reads_but_not_without_bound) {
  fill_real_one();
  for (int death = 0; death < 100; ++death) {
    const auto worker = relay_.open();
    say(worker, std::string(50'000, 'x') + '\n');
    relay_.close(worker.name);
  }
  std::string all = read_all();
  while (has_news()) {
    relay_.pass_on();
    const std::string more = read_all();
    if (more.empty()) break;
    all += more;
  }
  EXPECT_LE(all.size(), 65536 + stderr_relay::most_backlog + 200);
  EXPECT_NE(all.find("yoke: 4000080 bytes that workers wrote before they died were dropped"), std::string::npos)
      << all.substr(all.size() - 200);
}

TEST_F(stderr_relay_to_pipe, drops_everything_once_its_reader_is_gone) {
  ::signal(SIGPIPE, SIG_IGN);
  reader_.reset();
  const auto worker = relay_.open();
  for (int round = 0; round < 100; ++round) {
    say(worker, std::string(60'000, 'x'));
    pass_on_all();
  }
  say(worker, "end\n");
  EXPECT_TRUE(relay_.close(worker.name).ends_with("xxxxend"));
  relay_.finish(10s);
  ::signal(SIGPIPE, SIG_DFL);
}

TEST_F(stderr_relay_to_pipe, is_not_kept_busy_by_a_worker_that_closed_its_end) {
  auto worker = relay_.open();
  say(worker, "bye\n");
  worker.end.reset();
  pass_on_all();
  EXPECT_FALSE(has_news());
  EXPECT_EQ(relay_.close(worker.name), "bye");
}

TEST_F(stderr_relay_to_pipe, is_not_held_up_by_a_process_that_outlives_the_worker) {
  const auto worker = relay_.open();
  const file_descriptor grandchilds{::dup(worker.end.get())};
  say(worker, "last\n");
  EXPECT_EQ(relay_.close(worker.name), "last");
  pass_on_all();
  EXPECT_EQ(read_all(), "last\n");
}

TEST(stderr_relay, appends_to_a_file_like_everybody_who_shares_it) {
  const yoke_test::temporary_folder folder;
  const std::string path = folder.path() / "err";
  const file_descriptor real{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  ASSERT_EQ(::write(real.get(), "host 1\n", 7), 7);
  stderr_relay relay{real.get()};
  const auto worker = relay.open();
  ASSERT_EQ(::write(worker.end.get(), "task\n", 5), 5);
  relay.pass_on();
  ASSERT_EQ(::write(real.get(), "host 2\n", 7), 7);
  std::array<char, 64> all{};
  EXPECT_EQ(::pread(real.get(), all.data(), all.size(), 0), 19);
  EXPECT_STREQ(all.data(), "host 1\ntask\nhost 2\n");
}

TEST(stderr_relay, leaves_descriptors_for_others_and_does_without_pipes_then) {
  yoke_test::child_process limited{[] {
    const rlimit few{64, 64};
    check(::setrlimit(RLIMIT_NOFILE, &few), "setrlimit in a test");
    stderr_relay relay{STDERR_FILENO};
    std::size_t made = 0;
    while (relay.open().name >= 0) ++made;
    const file_descriptor other{::open("/proc/self/stat", O_RDONLY | O_CLOEXEC)};
    return made > 20 && other ? 0 : 1;
  }};
  EXPECT_EQ(limited.wait(), 0);
}

TEST(stderr_relay, never_waits_for_a_socket) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const file_descriptor real{ends[0]};
  file_descriptor reader{ends[1]};
  stderr_outlet outlet{real.get()};
  const std::string flood(1 << 22, 'x');
  EXPECT_LT(outlet.write(flood), flood.size());
  reader.reset();
  EXPECT_EQ(outlet.write(flood), flood.size()) << "nobody reads any more";
}

TEST(stderr_relay, drops_everything_where_standard_error_is_closed) { EXPECT_EQ(stderr_outlet{-1}.write("text"), 4U); }

TEST(last_lines, are_the_end_of_a_text_in_16_lines_and_so_many_bytes) {
  EXPECT_EQ(last_lines("", 10), "");
  EXPECT_EQ(last_lines("\n\n", 10), "");
  EXPECT_EQ(last_lines("one\n", 10), "one");
  EXPECT_EQ(last_lines("\none\n\n", 10), "one");
  EXPECT_EQ(last_lines("one\ntwo", 10), "one\ntwo");
  EXPECT_EQ(last_lines("one\ntwo", 7), "one\ntwo");
  EXPECT_EQ(last_lines("one\ntwo", 6), "two");
  EXPECT_EQ(last_lines("a long line", 4), "line");
  EXPECT_EQ(last_lines("x\na long line", 4), "line");
  EXPECT_EQ(last_lines("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\na\nb\nc\nd\ne\nf\ng\n", 100),
            "1\n2\n3\n4\n5\n6\n7\n8\n9\na\nb\nc\nd\ne\nf\ng");
}
