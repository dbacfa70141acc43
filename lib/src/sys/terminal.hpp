#pragma once

namespace yoke::detail {

/// stderr_redraws tells whether standard error is a terminal that can go back in a line: TERM is set, and not to
/// "dumb".
[[nodiscard]] bool stderr_redraws();

}  // namespace yoke::detail
