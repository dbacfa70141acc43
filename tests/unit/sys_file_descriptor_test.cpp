#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace yoke::detail {
namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

file_descriptor open_null() { return file_descriptor(check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open")); }

TEST(file_descriptor, closes_what_it_owns_in_the_end) {
  int number = -1;
  {
    const file_descriptor file = open_null();
    number = file.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(file_descriptor, owns_nothing_after_it_was_moved_from_or_released) {
  file_descriptor first = open_null();
  const int number = first.get();
  file_descriptor second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(second.get(), number);
  EXPECT_EQ(second.release(), number);
  EXPECT_FALSE(second);
  EXPECT_TRUE(is_open(number));
  second.reset(number);
  second.reset();
  EXPECT_FALSE(is_open(number));
}

TEST(file_descriptor, closes_the_old_one_when_another_is_assigned) {
  file_descriptor file = open_null();
  const int old = file.get();
  file_descriptor other = open_null();
  const int number = other.get();
  file = std::move(other);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(file.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(check, throws_what_went_wrong_and_where) {
  try {
    check(::open("/no/such/file", O_RDONLY), "opening /no/such/file");
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_NE(std::string(error.what()).find("opening /no/such/file: No such file"), std::string::npos);
  }
}

TEST(check, returns_what_the_call_returned) { EXPECT_EQ(check(7, "nothing"), 7); }

TEST(retry_on_interrupt, calls_again_after_an_interruption_only) {
  int calls = 0;
  const auto interrupted_twice = [&] {
    errno = EINTR;
    return ++calls <= 2 ? -1 : 5;
  };
  EXPECT_EQ(retry_on_interrupt(interrupted_twice), 5);
  EXPECT_EQ(calls, 3);
  const auto failing = [&] {
    errno = EIO;
    ++calls;
    return -1;
  };
  EXPECT_EQ(retry_on_interrupt(failing), -1);
  EXPECT_EQ(calls, 4);
}

}  // namespace
}  // namespace yoke::detail
