#pragma once

#include <cstdint>

namespace yoke::detail {

/// end_cause says why a worker's life was ended on purpose.
enum class end_cause : std::uint32_t {
  own,          ///< it was not: it crashed, left, or was killed by somebody else
  deadline,     ///< its item took longer than allowed
  interrupted,  ///< the caller asked for the end of its item
  memory,       ///< the system, or the limit on its memory, ended it
};

}  // namespace yoke::detail
