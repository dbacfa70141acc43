#include <yoke/detail/error_record.hpp>
#include <yoke/detail/failure_of.hpp>
#include <yoke/detail/remote_error.hpp>
#include <yoke/errors.hpp>

#include <any>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <variant>

#include <cxxabi.h>

namespace yoke::detail {
namespace {

constexpr int deepest_cause = 16;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

const std::error_category* find_category(error_category category) {
  switch (category) {
    case error_category::generic:
      return &std::generic_category();
    case error_category::system:
      return &std::system_category();
    case error_category::iostream:
      return &std::iostream_category();
    case error_category::future:
      return &std::future_category();
    case error_category::none:
      break;
  }
  return nullptr;
}

error_category category_of(const std::error_code& code) {
  for (const auto each :
       {error_category::generic, error_category::system, error_category::iostream, error_category::future}) {
    if (*find_category(each) == code.category()) return each;
  }
  return error_category::none;
}

std::error_code code_of(const error_record& record) {
  const std::error_category* category = find_category(record.category);
  return category == nullptr ? std::error_code{} : std::error_code{record.code, *category};
}

/// before_message returns the text a system_error was made with: its what() has the code's message added.
std::string before_message(const error_record& record) {
  const std::string added = ": " + code_of(record).message();
  const std::string_view text = record.text;
  return std::string{text.ends_with(added) ? text.substr(0, text.size() - added.size()) : text};
}

template <class E>
E likeness(const error_record& record) {
  if constexpr (std::is_same_v<E, std::filesystem::filesystem_error>) {
    const auto path = [&](std::size_t i) { return i < record.paths.size() ? record.paths[i] : std::string{}; };
    return E{before_message(record), path(0), path(1), code_of(record)};
  } else if constexpr (std::is_same_v<E, std::system_error>) {
    return E{code_of(record), before_message(record)};
  } else if constexpr (std::is_same_v<E, std::ios_base::failure>) {
    return E{before_message(record), code_of(record)};
  } else if constexpr (std::is_same_v<E, std::future_error>) {
    return E{static_cast<std::future_errc>(record.code)};
  } else if constexpr (std::is_same_v<E, std::regex_error>) {
    return E{static_cast<std::regex_constants::error_type>(record.code)};
  } else if constexpr (std::is_constructible_v<E, const std::string&>) {
    return E{record.text};
  } else {
    return E{};
  }
}

template <class E>
[[noreturn]] void raise(const error_record& record, std::uint64_t item, int worker) {
  if (record.cause.empty()) throw remote_error<E>{likeness<E>(record), record, item, worker};
  try {
    rethrow(record.cause.front(), item, worker);
  } catch (...) {
    throw remote_nested_error<E>{likeness<E>(record), record, item, worker};
  }
}

[[noreturn]] void raise_other(const error_record& record, std::uint64_t item, int worker) {
  if (record.cause.empty()) throw task_error{item, worker, record.type, record.text};
  try {
    rethrow(record.cause.front(), item, worker);
  } catch (...) {
    throw nested_task_error{item, worker, record.type, record.text};
  }
}

struct known_error {
  error_kind kind;
  std::string type;
  void (*raise)(const error_record&, std::uint64_t, int);
};

template <class E>
known_error known(error_kind kind) {
  return {kind, type_name(typeid(E)), &raise<E>};
}

const std::vector<known_error>& known_errors() {
  static const std::vector<known_error> all{
      known<std::exception>(error_kind::exception),
      known<std::bad_exception>(error_kind::bad_exception),
      known<std::logic_error>(error_kind::logic_error),
      known<std::invalid_argument>(error_kind::invalid_argument),
      known<std::domain_error>(error_kind::domain_error),
      known<std::length_error>(error_kind::length_error),
      known<std::out_of_range>(error_kind::out_of_range),
      known<std::runtime_error>(error_kind::runtime_error),
      known<std::range_error>(error_kind::range_error),
      known<std::overflow_error>(error_kind::overflow_error),
      known<std::underflow_error>(error_kind::underflow_error),
      known<std::bad_alloc>(error_kind::bad_alloc),
      known<std::bad_array_new_length>(error_kind::bad_array_new_length),
      known<std::bad_cast>(error_kind::bad_cast),
      known<std::bad_any_cast>(error_kind::bad_any_cast),
      known<std::bad_typeid>(error_kind::bad_typeid),
      known<std::bad_weak_ptr>(error_kind::bad_weak_ptr),
      known<std::bad_function_call>(error_kind::bad_function_call),
      known<std::bad_optional_access>(error_kind::bad_optional_access),
      known<std::bad_variant_access>(error_kind::bad_variant_access),
      known<std::system_error>(error_kind::system_error),
      known<std::ios_base::failure>(error_kind::ios_failure),
      known<std::filesystem::filesystem_error>(error_kind::filesystem_error),
      known<std::future_error>(error_kind::future_error),
      known<std::regex_error>(error_kind::regex_error),
      known<yoke::error>(error_kind::yoke_error),
      known<yoke::capture_error>(error_kind::capture_error),
      known<yoke::damaged_payload>(error_kind::damaged_payload),
      known<yoke::too_large>(error_kind::too_large),
      known<yoke::start_error>(error_kind::start_error),
      known<yoke::cancelled>(error_kind::cancelled),
      known<yoke::pool_shut_down>(error_kind::pool_shut_down),
      known<yoke::pool_broken>(error_kind::pool_broken),
      known<yoke::forked_copy>(error_kind::forked_copy),
  };
  return all;
}

error_kind kind_of(const std::string& type) {
  for (const known_error& each : known_errors()) {
    if (each.type == type) return each.kind;
  }
  return error_kind::other;
}

/// add_code records an error's code; one of a category unknown elsewhere makes the error one of no known type.
void add_code(error_record& record, const std::error_code& code) {
  record.code = code.value();
  record.category = category_of(code);
  if (record.category == error_category::none) record.kind = error_kind::other;
}

error_record record_of(const std::exception_ptr& caught, int causes_left);

error_record record_of(const std::exception& e, int causes_left) {
  error_record record;
  if (const auto* failure = dynamic_cast<const task_failure*>(&e)) {
    record.type = failure->type_name();
    record.text = failure->text();
  } else {
    const char* text = e.what();
    record.type = type_name(typeid(e));
    record.text = text == nullptr ? "" : text;
  }
  record.kind = kind_of(record.type);
  if (const auto* system = dynamic_cast<const std::system_error*>(&e)) add_code(record, system->code());
  if (const auto* future = dynamic_cast<const std::future_error*>(&e)) add_code(record, future->code());
  if (const auto* regex = dynamic_cast<const std::regex_error*>(&e)) record.code = regex->code();
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&e)) {
    record.paths = {file->path1().native(), file->path2().native()};
  }
  const auto* nested = dynamic_cast<const std::nested_exception*>(&e);
  if (nested != nullptr && nested->nested_ptr() != nullptr && causes_left > 0) {
    record.cause.push_back(record_of(nested->nested_ptr(), causes_left - 1));
  }
  return record;
}

/// record_of_value records what is thrown although it is no exception; called while that is being handled.
error_record record_of_value(std::string text) {
  error_record record;
  const std::type_info* type = abi::__cxa_current_exception_type();
  record.type = type == nullptr ? "unknown" : type_name(*type);
  record.text = std::move(text);
  return record;
}

error_record record_of(const std::exception_ptr& caught, int causes_left) {
  try {
    std::rethrow_exception(caught);
  } catch (const std::exception& e) {
    return record_of(e, causes_left);
  } catch (const std::string& text) {
    return record_of_value(text);
  } catch (const char* text) {
    return record_of_value(text == nullptr ? "" : text);
  } catch (int value) {
    return record_of_value(std::to_string(value));
  } catch (long value) {
    return record_of_value(std::to_string(value));
  } catch (unsigned value) {
    return record_of_value(std::to_string(value));
  } catch (unsigned long value) {
    return record_of_value(std::to_string(value));
  } catch (double value) {
    return record_of_value(std::to_string(value));
  } catch (...) {
    return record_of_value("");
  }
}

}  // namespace

/// Without the ABI's inline namespaces and throw_with_nested's wrapping.
std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled{
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free};
  std::string name = demangled ? demangled.get() : type.name();
  replace_all(name, "[abi:cxx11]", "");
  replace_all(name, "__cxx11::", "");
  replace_all(name, "yoke::v0::", "yoke::");
  replace_all(name, "std::basic_string<char, std::char_traits<char>, std::allocator<char> >", "std::string");
  constexpr std::string_view wrapping = "std::_Nested_exception<";
  if (name.starts_with(wrapping) && name.ends_with('>')) {
    name = name.substr(wrapping.size(), name.size() - wrapping.size() - 1);
    if (name.ends_with(' ')) name.pop_back();
  }
  if (name == "std::__ios_failure") name = "std::ios_base::failure";
  return name;
}

error_record describe(std::exception_ptr caught) noexcept {
  try {
    if (caught == nullptr) return record_of_value("no exception");
    return record_of(caught, deepest_cause);
  } catch (...) {
    error_record record;
    record.type = "unknown";
    record.text = "out of memory";
    return record;
  }
}

void rethrow(const error_record& record, std::uint64_t item, int worker) {
  for (const known_error& each : known_errors()) {
    if (each.kind == record.kind) each.raise(record, item, worker);
  }
  raise_other(record, item, worker);
}

std::exception_ptr failure_of(std::exception_ptr caught, std::uint64_t item, int worker) noexcept {
  try {
    rethrow(describe(std::move(caught)), item, worker);
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace yoke::detail
