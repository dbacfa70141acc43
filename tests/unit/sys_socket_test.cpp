#include "support/child_process.hpp"
#include "sys/error.hpp"
#include "sys/socket.hpp"

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

namespace yoke::detail {
namespace {

using yoke_test::child_process;

struct note {
  int kind = 0;
  long value = 0;
};

struct control_socket : testing::Test {
  std::pair<file_descriptor, file_descriptor> ends = make_seqpacket_pair();
  int left = ends.first.get();
  int right = ends.second.get();
};

TEST_F(control_socket, keeps_messages_whole_and_in_order) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(send_message(left, note{i, 10L * i}), packet_status::done);
  for (int i = 0; i < 3; ++i) {
    note received;
    ASSERT_EQ(receive_message(right, received), packet_status::done);
    EXPECT_EQ(received.kind, i);
    EXPECT_EQ(received.value, 10L * i);
  }
}

TEST_F(control_socket, is_closed_on_exec) {
  EXPECT_NE(::fcntl(left, F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(right, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(control_socket, brings_descriptors_that_are_the_same_open_files) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const file_descriptor read_end(pipe[0]);
  const file_descriptor write_end(pipe[1]);
  ASSERT_EQ(send_message(left, note{1, 2}, pipe), packet_status::done);
  note received;
  std::vector<file_descriptor> descriptors;
  ASSERT_EQ(receive_message(right, received, &descriptors), packet_status::done);
  ASSERT_EQ(descriptors.size(), 2u);
  EXPECT_NE(::fcntl(descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
  ASSERT_EQ(::write(descriptors[1].get(), "x", 1), 1);
  char byte = 0;
  ASSERT_EQ(::read(read_end.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST_F(control_socket, carries_as_many_descriptors_as_it_promises) {
  const std::vector<int> many(most_descriptors, left);
  ASSERT_EQ(send_message(left, note{}, many), packet_status::done);
  note received;
  std::vector<file_descriptor> descriptors;
  ASSERT_EQ(receive_message(right, received, &descriptors), packet_status::done);
  EXPECT_EQ(descriptors.size(), most_descriptors);
}

TEST_F(control_socket, refuses_more_descriptors_than_it_promises) {
  const std::vector<int> too_many(most_descriptors + 1, left);
  EXPECT_THROW(send_message(left, note{}, too_many), std::invalid_argument);
}

TEST_F(control_socket, closes_descriptors_that_nobody_asked_for) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const file_descriptor read_end(pipe[0]);
  file_descriptor write_end(pipe[1]);
  ASSERT_EQ(send_message(left, note{}, std::span(&pipe[1], 1)), packet_status::done);
  write_end.reset();
  note received;
  ASSERT_EQ(receive_message(right, received), packet_status::done);
  char byte = 0;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 0) << "a copy of the pipe's write end is still open";
}

TEST_F(control_socket, says_when_the_other_end_is_gone) {
  ASSERT_EQ(send_message(left, note{5, 6}), packet_status::done);
  ends.first.reset();
  note received;
  EXPECT_EQ(receive_message(right, received), packet_status::done) << "what was sent before still arrives";
  EXPECT_EQ(received.kind, 5);
  EXPECT_EQ(receive_message(right, received), packet_status::closed);
  EXPECT_EQ(send_message(right, note{}), packet_status::closed) << "and no SIGPIPE";
}

TEST_F(control_socket, does_not_wait_when_told_not_to) {
  note received;
  EXPECT_EQ(receive_message(right, received, nullptr, waiting::no), packet_status::not_now);
  packet_status status = packet_status::done;
  int sent = 0;
  while (status == packet_status::done && ++sent < 1000000) status = send_message(left, note{}, {}, waiting::no);
  EXPECT_EQ(status, packet_status::not_now) << "after " << sent << " messages";
}

TEST_F(control_socket, refuses_packets_of_another_length) {
  const std::array<std::byte, 4> short_one{};
  const std::array<std::byte, 64> long_one{};
  note received;
  ASSERT_EQ(send_packet(left, short_one), packet_status::done);
  EXPECT_THROW(receive_message(right, received), std::system_error);
  ASSERT_EQ(send_packet(left, long_one), packet_status::done);
  EXPECT_THROW(receive_message(right, received), std::system_error);
  ASSERT_EQ(send_message(left, note{3, 4}), packet_status::done);
  EXPECT_EQ(receive_message(right, received), packet_status::done);
}

TEST_F(control_socket, refuses_to_send_an_empty_packet) { EXPECT_THROW(send_packet(left, {}), std::invalid_argument); }

TEST_F(control_socket, says_in_a_process_out_of_descriptors_that_some_were_lost) {
  const std::vector<int> some(3, left);
  ASSERT_EQ(send_message(left, note{}, some), packet_status::done);
  child_process receiver([&] {
    const rlimit none_left{0, 0};
    if (::setrlimit(RLIMIT_NOFILE, &none_left) != 0) return 2;
    note received;
    try {
      receive_message(right, received);
    } catch (const std::system_error& error) {
      return error.code().value() == EMFILE ? 0 : 3;
    }
    return 1;
  });
  EXPECT_EQ(receiver.wait(), 0);
}

TEST_F(control_socket, is_not_disturbed_by_signals) {
  child_process receiver([&] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    if (::sigaction(SIGALRM, &action, nullptr) != 0) return 2;
    const itimerval every_millisecond{{0, 1000}, {0, 1000}};
    if (::setitimer(ITIMER_REAL, &every_millisecond, nullptr) != 0) return 3;
    note received;
    return receive_message(right, received) == packet_status::done && received.value == 9 ? 0 : 1;
  });
  const timespec pause{0, 30000000};
  ::nanosleep(&pause, nullptr);
  ASSERT_EQ(send_message(left, note{1, 9}), packet_status::done);
  EXPECT_EQ(receiver.wait(), 0);
}

}  // namespace
}  // namespace yoke::detail
