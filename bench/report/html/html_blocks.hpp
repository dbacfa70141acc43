#pragma once

#include "bench/report/document.hpp"

#include <string>

namespace yoke::bench {

/// html_of turns one block of a document into HTML.
std::string html_of(const block& from);

}  // namespace yoke::bench
