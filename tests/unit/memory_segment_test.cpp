#include "memory/segment.hpp"
#include "support/child_process.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

namespace yoke::detail {
namespace {

using yoke_test::child_process;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::size_t allocated_bytes(const segment& memory) {
  struct stat status {};
  EXPECT_EQ(::fstat(memory.descriptor(), &status), 0);
  return static_cast<std::size_t>(status.st_blocks) * 512;
}

bool all_zero(const std::byte* bytes, std::size_t size) {
  return std::all_of(bytes, bytes + size, [](std::byte byte) { return byte == std::byte{0}; });
}

/// What holds for memory in both homes.
struct segment_in : testing::TestWithParam<segment::home> {
  segment memory{GetParam(), 64 * mebibyte, mebibyte};
};

INSTANTIATE_TEST_SUITE_P(both_homes, segment_in, testing::Values(segment::home::shared, segment::home::process_private),
                         [](const auto& home) { return home.param == segment::home::shared ? "shared" : "private"; });

TEST_P(segment_in, is_as_large_as_asked_when_nothing_forbids_it) {
  EXPECT_EQ(memory.size(), 64 * mebibyte);
  EXPECT_TRUE(memory.contains(memory.base()));
  EXPECT_TRUE(memory.contains(memory.base() + memory.size() - 1));
  EXPECT_FALSE(memory.contains(memory.base() + memory.size()));
  EXPECT_FALSE(memory.contains(&memory));
}

TEST_P(segment_in, gives_zeroed_memory_on_commit) {
  memory.commit(mebibyte, mebibyte);
  EXPECT_TRUE(all_zero(memory.base() + mebibyte, mebibyte));
}

TEST_P(segment_in, keeps_what_was_written_when_committed_again) {
  memory.commit(0, page_size());
  std::memset(memory.base(), 7, page_size());
  memory.commit(0, 2 * page_size());
  EXPECT_EQ(memory.base()[page_size() - 1], std::byte{7});
}

TEST_P(segment_in, reads_as_zero_after_a_punch_and_only_there) {
  memory.commit(0, 3 * page_size());
  std::memset(memory.base(), 7, 3 * page_size());
  memory.punch(page_size(), page_size());
  EXPECT_EQ(memory.base()[page_size() - 1], std::byte{7});
  EXPECT_TRUE(all_zero(memory.base() + page_size(), page_size()));
  EXPECT_EQ(memory.base()[2 * page_size()], std::byte{7});
}

TEST_P(segment_in, takes_empty_ranges) {
  memory.commit(0, 0);
  memory.punch(memory.size(), 0);
  memory.protect(0, 0, true);
}

TEST_P(segment_in, refuses_ranges_that_are_not_whole_pages_inside) {
  EXPECT_THROW(memory.commit(1, page_size()), std::out_of_range);
  EXPECT_THROW(memory.commit(0, 1), std::out_of_range);
  EXPECT_THROW(memory.punch(memory.size(), page_size()), std::out_of_range);
  EXPECT_THROW(memory.protect(page_size(), memory.size(), true), std::out_of_range);
  EXPECT_THROW(memory.commit(page_size(), ~(page_size() - 1)), std::out_of_range);
}

TEST_P(segment_in, kills_a_process_that_writes_where_it_may_only_read) {
  memory.commit(0, 2 * page_size());
  child_process child([&] {
    ::signal(SIGSEGV, SIG_DFL);
    memory.protect(0, page_size(), false);
    memory.base()[page_size()] = std::byte{1};
    const volatile std::byte read = memory.base()[0];
    memory.protect(0, page_size(), true);
    memory.base()[0] = read;
    memory.protect(0, page_size(), false);
    const_cast<volatile std::byte&>(memory.base()[0]) = std::byte{1};
    return 0;
  });
  EXPECT_EQ(child.wait(), -SIGSEGV);
}

TEST_P(segment_in, is_missing_in_forks_made_after_dont_fork) {
  memory.commit(0, page_size());
  child_process child([&] {
    memory.dont_fork();
    child_process grandchild([&] { return ::msync(memory.base(), page_size(), MS_ASYNC) == -1 ? 0 : 1; });
    return grandchild.wait();
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST_P(segment_in, is_usually_far_larger_than_memory) {
  const segment large(GetParam());
  EXPECT_EQ(large.size(), segment::usual_size);
  large.base()[0] = std::byte{1};
}

TEST_P(segment_in, is_made_smaller_for_a_process_with_little_address_space) {
  child_process child([] {
    const rlimit one_gibibyte{1024 * mebibyte, 1024 * mebibyte};
    if (::setrlimit(RLIMIT_AS, &one_gibibyte) != 0) return 2;
    const segment small(GetParam());
    return small.size() >= segment::usual_minimum && small.size() <= 512 * mebibyte ? 0 : 1;
  });
#ifdef __SANITIZE_ADDRESS__
  EXPECT_NE(child.wait(), 1);  // the sanitizer itself needs more address space than that
#else
  EXPECT_EQ(child.wait(), 0);
#endif
}

TEST(shared_segment, has_a_descriptor_that_closes_on_exec_and_cannot_be_resized) {
  const segment memory(segment::home::shared, mebibyte, mebibyte);
  EXPECT_NE(::fcntl(memory.descriptor(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(::ftruncate(memory.descriptor(), 4096), -1);
  EXPECT_EQ(::ftruncate(memory.descriptor(), static_cast<off_t>(2 * mebibyte)), -1);
  EXPECT_EQ(::fcntl(memory.descriptor(), F_ADD_SEALS, F_SEAL_WRITE), -1);
}

TEST(shared_segment, shows_a_forked_process_what_another_writes) {
  const segment memory(segment::home::shared, mebibyte, mebibyte);
  child_process child([&] {
    memory.base()[100] = std::byte{42};
    return 0;
  });
  ASSERT_EQ(child.wait(), 0);
  EXPECT_EQ(memory.base()[100], std::byte{42});
}

TEST(private_segment, hides_from_a_process_what_its_fork_writes) {
  const segment memory(segment::home::process_private, mebibyte, mebibyte);
  EXPECT_EQ(memory.descriptor(), -1);
  child_process child([&] {
    memory.base()[100] = std::byte{42};
    return 0;
  });
  ASSERT_EQ(child.wait(), 0);
  EXPECT_EQ(memory.base()[100], std::byte{0});
}

TEST(shared_segment, has_pages_for_what_is_committed_and_for_nothing_else) {
  segment memory(segment::home::shared, 64 * mebibyte, mebibyte);
  EXPECT_EQ(allocated_bytes(memory), 0u);
  memory.commit(mebibyte, 2 * mebibyte);
  EXPECT_EQ(allocated_bytes(memory), 2 * mebibyte);
  memory.punch(mebibyte, mebibyte);
  EXPECT_EQ(allocated_bytes(memory), mebibyte);
}

TEST(shared_segment, commits_under_a_storm_of_signals_to_the_process) {
  child_process child([] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    if (::sigaction(SIGALRM, &action, nullptr) != 0) return 2;
    const itimerval often{{0, 200}, {0, 200}};
    if (::setitimer(ITIMER_REAL, &often, nullptr) != 0) return 3;
    segment memory(segment::home::shared, 256 * mebibyte, mebibyte);
    memory.commit(0, 128 * mebibyte);
    return allocated_bytes(memory) == 128 * mebibyte ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(shared_segment, is_made_smaller_for_a_process_with_a_limit_on_file_size) {
  child_process child([] {
    const rlimit limit{100 * mebibyte, 100 * mebibyte};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    segment memory(segment::home::shared);
    if (memory.size() != 100 * mebibyte) return 1;
    memory.commit(99 * mebibyte, mebibyte);
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(shared_segment, says_which_limits_to_raise_when_the_least_cannot_be_had_by_a_process) {
  child_process child([] {
    const rlimit limit{mebibyte, mebibyte};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    try {
      const segment memory(segment::home::shared);
    } catch (const std::bad_alloc& error) {
      const std::string text = error.what();
      return text.find("64 MiB") != std::string::npos && text.find("ulimit -f") != std::string::npos ? 0 : 3;
    }
    return 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

file_descriptor copy_of(int descriptor) { return file_descriptor{::fcntl(descriptor, F_DUPFD_CLOEXEC, 3)}; }

TEST(shared_segment, is_found_at_its_address_by_a_process_that_has_nothing_there) {
  segment first(segment::home::shared, 64 * mebibyte, mebibyte);
  first.commit(0, page_size());
  first.base()[5] = std::byte{42};
  child_process child([&] {
    ::munmap(first.base(), first.size());
    segment second(copy_of(first.descriptor()), first.base(), first.size());
    if (second.base() != first.base() || second.base()[5] != std::byte{42}) return 1;
    second.base()[6] = std::byte{43};
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(first.base()[6], std::byte{43});
}

TEST(shared_segment, is_refused_where_its_address_is_taken) {
  const segment first(segment::home::shared, 64 * mebibyte, mebibyte);
  try {
    const segment second(copy_of(first.descriptor()), first.base(), first.size());
    ADD_FAILURE() << "not refused";
  } catch (const std::system_error& refusal) {
    EXPECT_EQ(refusal.code().value(), EEXIST);
  }
}

}  // namespace
}  // namespace yoke::detail
