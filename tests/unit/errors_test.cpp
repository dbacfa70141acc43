#include <yoke/codec.hpp>
#include <yoke/detail/error_record.hpp>
#include <yoke/errors.hpp>

#include "codec_round_trip.hpp"

#include <any>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <variant>

#include <gtest/gtest.h>

namespace {

using yoke::detail::describe;
using yoke::detail::error_kind;
using yoke::detail::error_record;
using yoke_test::round_trip;

constexpr std::uint64_t item = 17;
constexpr int worker = 4711;

/// travelled returns what `thrown` becomes on its way from a worker: described, encoded, decoded and thrown again.
std::exception_ptr travelled(const std::exception_ptr& thrown) {
  try {
    yoke::detail::rethrow(round_trip(describe(thrown)), item, worker);
  } catch (...) {
    return std::current_exception();
  }
}

template <class E>
std::exception_ptr travelled(const E& thrown) {
  return travelled(std::make_exception_ptr(thrown));
}

/// expect_same expects `thrown` to arrive as an E, with its text and the details of the task.
template <class E>
void expect_same(const E& thrown, const std::string& type) {
  try {
    std::rethrow_exception(travelled(thrown));
  } catch (const E& e) {
    EXPECT_STREQ(e.what(), thrown.what());
    const auto* failure = dynamic_cast<const yoke::task_failure*>(&e);
    ASSERT_NE(failure, nullptr);
    EXPECT_EQ(failure->item(), item);
    EXPECT_EQ(failure->worker(), worker);
    EXPECT_EQ(failure->type_name(), type);
    EXPECT_EQ(failure->text(), thrown.what());
  } catch (...) {
    ADD_FAILURE() << type << " arrived as something else";
  }
}

/// expect_task_error expects `thrown` to arrive as a task_error that says `what`.
template <class E>
void expect_task_error(const E& thrown, const std::string& type, const std::string& text) {
  try {
    std::rethrow_exception(travelled(thrown));
  } catch (const yoke::task_error& e) {
    EXPECT_EQ(typeid(e), typeid(yoke::task_error));
    EXPECT_EQ(e.what(), text.empty() ? type : type + ": " + text);
    EXPECT_EQ(e.type_name(), type);
    EXPECT_EQ(e.text(), text);
    EXPECT_EQ(e.item(), item);
  } catch (...) {
    ADD_FAILURE() << type << " arrived as something else";
  }
}

template <class F>
std::exception_ptr thrown_by(F&& task) {
  try {
    task();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace

namespace errors_test {

struct out_of_bounds : std::out_of_range {
  using std::out_of_range::out_of_range;
};

/// awkward has no constructor from a text, and says nothing twice.
class awkward : public std::exception {
 public:
  awkward(int& count, std::unique_ptr<int> /*owned*/) : count_{&count} {}
  [[nodiscard]] const char* what() const noexcept override { return ++*count_ > 1 ? "asked before" : "first"; }

 private:
  int* count_;
};

struct silent : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return nullptr; }
};

struct no_exception {};

struct own_category : std::error_category {
  [[nodiscard]] const char* name() const noexcept override { return "own"; }
  [[nodiscard]] std::string message(int /*value*/) const override { return "own message"; }
};

}  // namespace errors_test

TEST(errors, of_the_standard_arrive_as_the_same_type_with_the_same_text) {
  expect_same(std::exception{}, "std::exception");
  expect_same(std::bad_exception{}, "std::bad_exception");
  expect_same(std::logic_error{"a"}, "std::logic_error");
  expect_same(std::invalid_argument{"b"}, "std::invalid_argument");
  expect_same(std::domain_error{"c"}, "std::domain_error");
  expect_same(std::length_error{"d"}, "std::length_error");
  expect_same(std::out_of_range{"e"}, "std::out_of_range");
  expect_same(std::runtime_error{"f"}, "std::runtime_error");
  expect_same(std::range_error{"g"}, "std::range_error");
  expect_same(std::overflow_error{"h"}, "std::overflow_error");
  expect_same(std::underflow_error{""}, "std::underflow_error");
  expect_same(std::bad_alloc{}, "std::bad_alloc");
  expect_same(std::bad_array_new_length{}, "std::bad_array_new_length");
  expect_same(std::bad_cast{}, "std::bad_cast");
  expect_same(std::bad_any_cast{}, "std::bad_any_cast");
  expect_same(std::bad_typeid{}, "std::bad_typeid");
  expect_same(std::bad_weak_ptr{}, "std::bad_weak_ptr");
  expect_same(std::bad_function_call{}, "std::bad_function_call");
  expect_same(std::bad_optional_access{}, "std::bad_optional_access");
  expect_same(std::bad_variant_access{}, "std::bad_variant_access");
  expect_same(std::regex_error{std::regex_constants::error_paren}, "std::regex_error");
  expect_same(std::future_error{std::future_errc::broken_promise}, "std::future_error");
}

TEST(errors, of_yoke_arrive_as_themselves) {
  expect_same(yoke::error{"a"}, "yoke::error");
  expect_same(yoke::capture_error{"b"}, "yoke::capture_error");
  expect_same(yoke::damaged_payload{"c"}, "yoke::damaged_payload");
  expect_same(yoke::too_large{"d"}, "yoke::too_large");
  expect_same(yoke::start_error{"e"}, "yoke::start_error");
  expect_same(yoke::cancelled{"f"}, "yoke::cancelled");
  expect_same(yoke::pool_shut_down{"g"}, "yoke::pool_shut_down");
  expect_same(yoke::pool_broken{"h"}, "yoke::pool_broken");
  expect_same(yoke::forked_copy{"i"}, "yoke::forked_copy");
}

TEST(errors, with_a_code_keep_code_and_category) {
  const std::error_code missing{ENOENT, std::system_category()};
  expect_same(std::system_error{missing, "open x"}, "std::system_error");
  expect_same(std::system_error{std::make_error_code(std::errc::timed_out)}, "std::system_error");
  expect_same(std::ios_base::failure{"read"}, "std::ios_base::failure");
  try {
    std::rethrow_exception(travelled(std::system_error{missing, "open x"}));
  } catch (std::system_error& e) {
    EXPECT_EQ(e.code(), missing);
    const std::system_error sliced{e};
    EXPECT_STREQ(sliced.what(), "open x: No such file or directory");
  }
}

TEST(errors, of_the_filesystem_keep_their_paths) {
  const auto thrown = thrown_by([] { std::filesystem::rename("/no/such/a", "/no/such/b"); });
  try {
    std::rethrow_exception(travelled(thrown));
  } catch (const std::filesystem::filesystem_error& e) {
    EXPECT_EQ(e.path1(), "/no/such/a");
    EXPECT_EQ(e.path2(), "/no/such/b");
    EXPECT_EQ(e.code(), std::errc::no_such_file_or_directory);
    EXPECT_STREQ(e.what(), describe(thrown).text.c_str());
  }
}

TEST(errors, of_a_stream_arrive_as_ios_base_failure) {
  const auto thrown = thrown_by([] {
    std::ifstream file;
    file.exceptions(std::ios::failbit);
    file.open("/no/such/file");
  });
  EXPECT_EQ(describe(thrown).kind, error_kind::ios_failure);
  EXPECT_THROW(std::rethrow_exception(travelled(thrown)), std::ios_base::failure);
}

TEST(errors, thrown_by_the_library_itself_arrive_as_what_they_are) {
  const auto at = travelled(thrown_by([] { static_cast<void>(std::string{"abc"}.at(5)); }));
  const auto number = travelled(thrown_by([] { static_cast<void>(std::stoi("x")); }));
  const auto bytes =
      travelled(thrown_by([] { static_cast<void>(std::string{}.append(std::string{}.max_size(), 'x')); }));
  EXPECT_THROW(std::rethrow_exception(at), std::out_of_range);
  EXPECT_THROW(std::rethrow_exception(number), std::invalid_argument);
  EXPECT_ANY_THROW(std::rethrow_exception(bytes));
}

TEST(errors, with_a_category_of_their_own_arrive_as_task_error) {
  static const errors_test::own_category own;
  expect_task_error(std::system_error{std::error_code{3, own}, "x"}, "std::system_error", "x: own message");
}

TEST(errors, derived_from_a_standard_one_arrive_as_task_error) {
  expect_task_error(errors_test::out_of_bounds{"far"}, "errors_test::out_of_bounds", "far");
}

TEST(errors, with_awkward_constructors_arrive_and_are_asked_once) {
  int asked = 0;
  const auto thrown = thrown_by([&] { throw errors_test::awkward{asked, nullptr}; });
  const error_record record = describe(thrown);
  EXPECT_EQ(record.text, "first");
  EXPECT_EQ(record.type, "errors_test::awkward");
}

TEST(errors, whose_what_is_null_have_an_empty_text) {
  expect_task_error(errors_test::silent{}, "errors_test::silent", "");
}

TEST(errors, that_are_no_exceptions_arrive_with_their_type_and_value) {
  expect_task_error(42, "int", "42");
  expect_task_error(7UL, "unsigned long", "7");
  expect_task_error("text", "char const*", "text");
  expect_task_error(static_cast<const char*>(nullptr), "char const*", "");
  expect_task_error(std::string{"more"}, "std::string", "more");
  expect_task_error(errors_test::no_exception{}, "errors_test::no_exception", "");
}

TEST(errors, are_caught_as_task_failure_whatever_their_type) {
  for (const auto& each : {travelled(std::out_of_range{"x"}), travelled(std::bad_alloc{}), travelled(3)}) {
    EXPECT_THROW(std::rethrow_exception(each), yoke::task_failure);
  }
}

TEST(errors, keep_a_text_of_a_megabyte) {
  std::string text(1 << 20, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
  expect_same(std::runtime_error{text}, "std::runtime_error");
  expect_task_error(errors_test::out_of_bounds{text}, "errors_test::out_of_bounds", text);
}

TEST(errors, keep_the_causes_they_were_thrown_with) {
  const auto thrown = thrown_by([] {
    try {
      throw std::out_of_range{"the cause"};
    } catch (...) {
      std::throw_with_nested(std::runtime_error{"the effect"});
    }
  });
  EXPECT_EQ(describe(thrown).type, "std::runtime_error");
  try {
    std::rethrow_exception(travelled(thrown));
  } catch (const std::runtime_error& effect) {
    EXPECT_STREQ(effect.what(), "the effect");
    try {
      std::rethrow_if_nested(effect);
      ADD_FAILURE() << "the cause is lost";
    } catch (const std::out_of_range& cause) {
      EXPECT_STREQ(cause.what(), "the cause");
    }
  }
}

TEST(errors, keep_causes_below_a_type_unknown_here) {
  const auto thrown = thrown_by([] {
    try {
      throw 5;
    } catch (...) {
      std::throw_with_nested(errors_test::out_of_bounds{"far"});
    }
  });
  try {
    std::rethrow_exception(travelled(thrown));
  } catch (const yoke::task_error& e) {
    EXPECT_STREQ(e.what(), "errors_test::out_of_bounds: far");
    EXPECT_THROW(std::rethrow_if_nested(e), yoke::task_error);
  }
}

TEST(errors, nested_very_deep_are_followed_part_of_the_way) {
  std::exception_ptr thrown = std::make_exception_ptr(std::runtime_error{"bottom"});
  for (int depth = 0; depth < 1000; ++depth) {
    thrown = thrown_by([&] {
      try {
        std::rethrow_exception(thrown);
      } catch (...) {
        std::throw_with_nested(std::logic_error{"deeper"});
      }
    });
  }
  EXPECT_THROW(std::rethrow_exception(travelled(thrown)), std::logic_error);
}

TEST(errors, that_travel_twice_keep_their_first_type_and_text) {
  const auto twice = [](const auto& thrown) { return travelled(travelled(thrown)); };
  EXPECT_THROW(std::rethrow_exception(twice(std::out_of_range{"x"})), std::out_of_range);
  try {
    std::rethrow_exception(twice(errors_test::out_of_bounds{"far"}));
  } catch (const yoke::task_error& e) {
    EXPECT_STREQ(e.what(), "errors_test::out_of_bounds: far");
  }
}

TEST(errors, of_an_unknown_kind_in_a_record_arrive_as_task_error) {
  error_record record;
  record.kind = static_cast<error_kind>(250);
  record.type = "t";
  record.text = "x";
  EXPECT_THROW(yoke::detail::rethrow(record, 0, 0), yoke::task_error);
}

TEST(errors, described_from_nothing_say_so) { EXPECT_EQ(describe(nullptr).text, "no exception"); }

TEST(errors, about_a_lost_worker_name_signal_or_status_item_and_pid) {
  const yoke::worker_lost crashed{3, {.pid = 99, .signal = SIGSEGV, .exit_status = 0}, 1};
  EXPECT_STREQ(
      crashed.what(),
      "item 3 was lost: worker 99 ended with SIGSEGV while running it; pool_options::backtraces tells in which "
      "calls; or run the item with yoke::backend::serial under a debugger to see where");
  const yoke::worker_lost left{4, {.pid = 98, .signal = 0, .exit_status = 42}, 3};
  EXPECT_NE(std::string{left.what()}.find("exit 42"), std::string::npos);
  EXPECT_EQ(std::string{left.what()}.find("backtraces"), std::string::npos) << "an exit leaves no trace";
  EXPECT_NE(std::string{left.what()}.find("the last of 3 attempts"), std::string::npos);
  EXPECT_EQ(left.item(), 4U);
  EXPECT_EQ(left.pid(), 98);
  EXPECT_EQ(left.worker(), 98);
  EXPECT_EQ(left.exit_status(), 42);
  EXPECT_EQ(left.attempts(), 3);
}

TEST(errors, about_a_lost_worker_quote_its_last_words_on_one_line) {
  const auto text_of = [](const std::string& words) {
    return std::string{yoke::worker_lost{3, {.pid = 99, .signal = SIGABRT, .last_words = words}, 1}.what()};
  };
  EXPECT_NE(text_of("one\ntwo\n\nthree\nfour").find("; it last wrote \"two / three / four\"; pool"), std::string::npos);
  EXPECT_NE(text_of("why\nyoke: worker 99 is ended by SIGABRT in these calls, the innermost last:\nmain\nf\ng\nabort")
                .find("it last wrote \"why\"; it was in these calls, the innermost last: f / g / abort; run"),
            std::string::npos);
  EXPECT_NE(text_of("f\ng\nabort\nyoke: worker 99 was in these calls")
                .find("item 3 was lost: worker 99 ended with "
                      "SIGABRT while running it; it was in these calls, the innermost last: f / g / abort; run"),
            std::string::npos);
  EXPECT_NE(
      text_of("yoke: worker 9 is ended by SIGABRT in these calls, the innermost last:\nf")
          .find("; it last wrote \"yoke: worker 9 is ended by SIGABRT in these calls, the innermost last: / f\"; pool"),
      std::string::npos)
      << "the trace of another worker";
  EXPECT_NE(text_of("\x1b[31mred\a").find("\"\\x1b[31mred\\x07\""), std::string::npos);
  EXPECT_EQ(text_of("\n\n").find("it last wrote"), std::string::npos);
  EXPECT_LT(text_of(std::string(2000, 'x')).size(), 600U);
  EXPECT_NE(text_of("early\n" + std::string(299, 'x')).find("\"xxx"), std::string::npos);
}

TEST(errors, about_a_lost_worker_say_that_memory_ran_out) {
  const yoke::worker_lost lost{3, {.pid = 99, .signal = SIGKILL, .out_of_memory = true}, 1};
  EXPECT_NE(std::string{lost.what()}.find("memory ran out"), std::string::npos);
  EXPECT_TRUE(lost.end().out_of_memory);
}

TEST(errors, about_a_timeout_quote_the_last_words_too) {
  const yoke::task_timeout late{3, {.pid = 99, .last_words = "step 7"}, std::chrono::milliseconds{50}};
  EXPECT_NE(std::string{late.what()}.find("worker 99; it last wrote \"step 7\"; allow more time"), std::string::npos);
  EXPECT_EQ(late.worker(), 99);
  EXPECT_EQ(late.end().last_words, "step 7");
}

TEST(errors, name_signals_as_their_users_do) {
  const auto name = [](int signal) { return yoke::to_string(yoke::worker_end{.signal = signal}); };
  EXPECT_EQ(name(SIGKILL), "SIGKILL");
  EXPECT_EQ(name(SIGABRT), "SIGABRT");
  EXPECT_EQ(name(SIGRTMIN + 3), "SIGRTMIN+3");
  EXPECT_EQ(name(1000), "signal 1000");
}
