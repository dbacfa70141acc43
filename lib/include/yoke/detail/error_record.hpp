#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <typeinfo>
#include <vector>

namespace yoke::detail {

/// error_kind is the type an exception is rethrown as. The values travel between processes of one program only.
enum class error_kind : std::uint8_t {
  other,  ///< no type known here: task_error
  exception,
  bad_exception,
  logic_error,
  invalid_argument,
  domain_error,
  length_error,
  out_of_range,
  runtime_error,
  range_error,
  overflow_error,
  underflow_error,
  bad_alloc,
  bad_array_new_length,
  bad_cast,
  bad_any_cast,
  bad_typeid,
  bad_weak_ptr,
  bad_function_call,
  bad_optional_access,
  bad_variant_access,
  system_error,
  ios_failure,
  filesystem_error,
  future_error,
  regex_error,
  yoke_error,
  capture_error,
  damaged_payload,
  too_large,
  start_error,
  cancelled,
  pool_shut_down,
  pool_broken,
  forked_copy,
};

/// error_category is the category of an error code, where the exception has one.
enum class error_category : std::uint8_t { none, generic, system, iostream, future };

/// error_record is an exception in transit: all that is needed to throw its like in another process.
struct error_record {
  error_kind kind = error_kind::other;
  std::string type;  ///< its type in C++ spelling
  std::string text;  ///< what what() returned
  error_category category = error_category::none;
  std::int32_t code = 0;            ///< the error code, or the number of a regex_error
  std::vector<std::string> paths;   ///< none, one or two, of a filesystem_error
  std::vector<error_record> cause;  ///< the nested exception, where there is one: none or one record
};

/// type_name spells a type as its users write it.
std::string type_name(const std::type_info& type);

/// describe records a caught exception, whatever it is. Nothing escapes it: where memory runs out, the record is
/// shorter. Nested exceptions are followed 16 deep.
error_record describe(std::exception_ptr caught) noexcept;

/// rethrow throws the exception recorded, of the same type where it is a standard one or yoke's own, else a task_error.
/// Each is also a task_failure for item `item`, which ran on `worker`, and a std::nested_exception if the original was.
/// what() returns the original text.
[[noreturn]] void rethrow(const error_record& record, std::uint64_t item, int worker);

}  // namespace yoke::detail
