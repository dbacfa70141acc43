#pragma once

#include "sys/file_descriptor.hpp"

namespace yoke::detail {

/// make_event_descriptor returns an eventfd, unreadable, non-blocking and clear of the standard streams. `what` is
/// named in the std::system_error where there is none.
[[nodiscard]] file_descriptor make_event_descriptor(const char* what);

/// signal makes it readable. It never blocks.
void signal(int event_descriptor) noexcept;

/// take_signal makes it unreadable.
void take_signal(int event_descriptor) noexcept;

}  // namespace yoke::detail
