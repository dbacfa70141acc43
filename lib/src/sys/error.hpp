#pragma once

#include <cerrno>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>

namespace yoke::detail {

/// throw_errno throws std::system_error with the current errno; `what` names the call and what it was for.
[[noreturn]] inline void throw_errno(std::string_view what) {
  const int error = errno;
  throw std::system_error(error, std::generic_category(), std::string(what));
}

/// check returns `result`, the return value of a system call, or throws errno when it is -1.
template <std::signed_integral T>
T check(T result, std::string_view what) {
  if (result == -1) throw_errno(what);
  return result;
}

/// retry_on_interrupt calls `call` until it returns something else than -1 with EINTR.
template <class Call>
auto retry_on_interrupt(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace yoke::detail
