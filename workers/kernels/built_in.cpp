#include "workers/kernels/fault.hpp"
#include "workers/kernels/freq.hpp"
#include "workers/kernels/grep.hpp"
#include "workers/kernels/kernel.hpp"
#include "workers/kernels/wc.hpp"

#include <algorithm>
#include <array>

namespace yoke::kernels {

namespace {

/// Those behind the first `shown` are found by name only.
constexpr std::size_t shown = 3;

std::span<const kernel_spec> all() {
  static const std::array table{freq_spec(), grep_spec(), wc_spec(), fault_spec()};
  return table;
}

}  // namespace

std::span<const kernel_spec> built_in() { return all().first(shown); }

const kernel_spec* find_kernel(std::string_view name) {
  const auto table = all();
  const auto found = std::ranges::find(table, name, &kernel_spec::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace yoke::kernels
