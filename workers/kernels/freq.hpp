#pragma once

#include "workers/kernels/kernel.hpp"

namespace yoke::kernels {

/// freq_spec describes `freq`: how often each line, field or word occurs.
kernel_spec freq_spec();

}  // namespace yoke::kernels
