#include "conformance.hpp"

#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace yoke_test;

namespace {

/// chain returns what is nested in an error, the outermost text first.
std::vector<std::string> chain(const std::exception& error) {
  std::vector<std::string> texts{error.what()};
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& cause) {
    for (const std::string& text : chain(cause)) texts.push_back(text);
  }
  return texts;
}

class cannot_be_made_again : public std::exception {
 public:
  cannot_be_made_again(int width, std::unique_ptr<std::string> text) : width_{width}, text_{std::move(text)} {}
  cannot_be_made_again(const cannot_be_made_again& other)
      : width_{other.width_}, text_{std::make_unique<std::string>(*other.text_)} {}
  [[nodiscard]] const char* what() const noexcept override { return text_->c_str(); }

 private:
  int width_;
  std::unique_ptr<std::string> text_;
};

class has_no_text : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return nullptr; }
};

}  // namespace

using nested_error_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, nested_error_contract, every_backend, setting_name);

TEST_P(nested_error_contract, arrives_with_all_its_causes_each_of_its_own_type) {
  const auto task = [](int item) -> int {
    try {
      try {
        throw std::system_error(ENOENT, std::generic_category(), "open");
      } catch (...) {
        std::throw_with_nested(std::out_of_range("row 7"));
      }
    } catch (...) {
      std::throw_with_nested(std::runtime_error("item " + std::to_string(item)));
    }
  };
  try {
    pool.map(first_integers(3), task);
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(chain(error), (std::vector<std::string>{"item 0", "row 7", "open: No such file or directory"}));
    try {
      std::rethrow_if_nested(error);
      FAIL() << "nothing is nested";
    } catch (const std::out_of_range& cause) {
      try {
        std::rethrow_if_nested(cause);
        FAIL() << "nothing is nested";
      } catch (const std::system_error& root) {
        EXPECT_EQ(root.code(), std::errc::no_such_file_or_directory);
      }
    }
  }
}

TEST_P(nested_error_contract, is_found_in_an_error_of_a_reduction_too) {
  const auto task = [](int left, int) -> int {
    try {
      throw std::domain_error("inner");
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer " + std::to_string(left)));
    }
  };
  try {
    pool.reduce(first_integers(10), task);
    FAIL() << "no error";
  } catch (const std::logic_error& error) {
    EXPECT_EQ(chain(error), (std::vector<std::string>{"outer 0", "inner"}));
  }
}

using awkward_error_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, awkward_error_contract, every_backend, setting_name);

TEST_P(awkward_error_contract, that_cannot_be_made_again_arrives_as_task_error_with_its_text) {
  const auto task = [](int) -> int { throw cannot_be_made_again{3, std::make_unique<std::string>("too wide")}; };
  try {
    pool.map(first_integers(3), task);
    FAIL() << "no error";
  } catch (const yoke::task_error& error) {
    EXPECT_EQ(error.text(), "too wide");
    EXPECT_NE(error.type_name().find("cannot_be_made_again"), std::string::npos) << error.type_name();
  }
  EXPECT_EQ(pool.map(first_integers(3), [](int item) { return item; }), first_integers(3));
}

TEST_P(awkward_error_contract, without_a_text_arrives_by_its_type) {
  const auto task = [](int) -> int { throw has_no_text{}; };
  try {
    pool.map(first_integers(3), task);
    FAIL() << "no error";
  } catch (const yoke::task_error& error) {
    EXPECT_EQ(error.text(), "");
    EXPECT_NE(error.type_name().find("has_no_text"), std::string::npos) << error.type_name();
  }
}

TEST_P(awkward_error_contract, that_is_a_number_or_a_string_arrives_with_its_value) {
  const auto text_of = [this](const auto& task) {
    try {
      pool.map(first_integers(1), task);
    } catch (const yoke::task_error& error) {
      return error.text();
    }
    return std::string{"no error"};
  };
  EXPECT_EQ(text_of([](int) -> int { throw 42; }), "42");
  EXPECT_EQ(text_of([](int) -> int { throw "plain"; }), "plain");
  EXPECT_EQ(text_of([](int) -> int { throw std::string{"text"}; }), "text");
}

TEST_P(awkward_error_contract, keeps_the_path_of_a_file) {
  const auto task = [](int) -> int { return static_cast<int>(std::filesystem::file_size("/nowhere/at all")); };
  try {
    pool.map(first_integers(1), task);
    FAIL() << "no error";
  } catch (const std::filesystem::filesystem_error& error) {
    EXPECT_EQ(error.path1(), "/nowhere/at all");
  }
}
