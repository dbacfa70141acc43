#include "sys/file_descriptor.hpp"

#include "sys/error.hpp"

#include <fcntl.h>

namespace yoke::detail {

file_descriptor clear_of_standard_streams(file_descriptor descriptor) {
  if (descriptor.get() > STDERR_FILENO) return descriptor;
  return file_descriptor{
      check(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1), "fcntl(F_DUPFD_CLOEXEC)")};
}

}  // namespace yoke::detail
