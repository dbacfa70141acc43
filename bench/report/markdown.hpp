#pragma once

#include "bench/report/document.hpp"

#include <string>

namespace yoke::bench {

/// to_markdown writes a document without its plots and its raw data, whose numbers are in tables.
std::string to_markdown(const document& from);

}  // namespace yoke::bench
