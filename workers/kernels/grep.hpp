#pragma once

#include "workers/kernels/kernel.hpp"

namespace yoke::kernels {

/// grep_spec describes `grep`: lines that match a regular expression, in input order.
kernel_spec grep_spec();

}  // namespace yoke::kernels
