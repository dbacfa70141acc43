#include "workers/kernels/freq.hpp"
#include "workers/kernels/grep.hpp"
#include "workers/kernels/kernel.hpp"
#include "workers/kernels/wc.hpp"

#include <algorithm>
#include <array>

namespace yoke::kernels {

std::span<const kernel_spec> built_in() {
  static const std::array table{freq_spec(), grep_spec(), wc_spec()};
  return table;
}

const kernel_spec* find_kernel(std::string_view name) {
  const auto table = built_in();
  const auto found = std::ranges::find(table, name, &kernel_spec::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace yoke::kernels
