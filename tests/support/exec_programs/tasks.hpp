#pragma once

#include <yoke/options.hpp>

#include <vector>

/// times_three multiplies the items in a pool with these options, by a task that is code of the library.
[[gnu::visibility("default")]] std::vector<int> times_three(const yoke::pool_options& options,
                                                            const std::vector<int>& items);
