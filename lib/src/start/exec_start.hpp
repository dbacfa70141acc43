#pragma once

#include "start/image_identity.hpp"
#include "sys/file_descriptor.hpp"
#include "workers/worker_plan.hpp"

#include <span>
#include <string>

namespace yoke::detail {

/// program_to_start is what start::exec executes.
struct program_to_start {
  std::string file;              ///< a path; empty: the program of this process, once more
  std::span<image_note> images;  ///< in the segment: the images that workers should have; what was found comes back
};

/// start_program executes the program with a control socket, and gives it what forked workers would inherit. Returns
/// our end of the socket; the supervisor's report comes next. `plan` says nothing of sockets yet.
///
/// Safe in a program with threads. On an error nothing is left of the program. Throws start_error, with the cure.
[[nodiscard]] file_descriptor start_program(const worker_plan& plan, const program_to_start& program);

}  // namespace yoke::detail
