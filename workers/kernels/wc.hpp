#pragma once

#include "workers/kernels/kernel.hpp"

namespace yoke::kernels {

/// wc_spec describes `wc`: lines, words and bytes of all input together.
kernel_spec wc_spec();

}  // namespace yoke::kernels
