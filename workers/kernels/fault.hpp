#pragma once

#include "workers/kernels/kernel.hpp"

namespace yoke::kernels {

/// fault_spec is the kernel `fault`, for tests of what happens to records that go wrong.
kernel_spec fault_spec();

}  // namespace yoke::kernels
