#pragma once

namespace yoke::detail {

/// begin_lending says that this worker begins a chunk: nobody uses the files any more that chunks before it looked into
/// and it does not. A worker keeps some of them mapped, and all that its chunk has looked into.
void begin_lending();

}  // namespace yoke::detail
