#pragma once

#include <yoke/detail/error_record.hpp>
#include <yoke/errors.hpp>

#include <cstdint>
#include <exception>
#include <utility>

namespace yoke::detail {

/// remote_error is an E that was thrown by a task, perhaps in another process. Its what() is the original one even
/// where an E makes up a text of its own.
template <class E>
class remote_error : public E, public task_failure {
 public:
  remote_error(E likeness, const error_record& record, std::uint64_t item, int worker)
      : E{std::move(likeness)}, task_failure{item, worker, record.type, record.text} {}

  [[nodiscard]] const char* what() const noexcept override { return text().c_str(); }
};

/// remote_nested_error has a cause as well: the exception being handled where it is made.
template <class E>
class remote_nested_error : public remote_error<E>, public std::nested_exception {
 public:
  using remote_error<E>::remote_error;
};

/// nested_task_error is the same for an exception of a type unknown here.
class nested_task_error : public task_error, public std::nested_exception {
 public:
  using task_error::task_error;
};

}  // namespace yoke::detail
