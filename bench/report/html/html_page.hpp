#pragma once

#include "bench/report/document.hpp"

#include <string>

namespace yoke::bench {

/// to_html makes one page that needs nothing else: no network, no script, no font. It has a light and a dark look, as
/// the reader's system asks for, and prints. `plots_missing` says why there are no plots, and is empty where there are.
std::string to_html(const document& from, const std::string& plots_missing);

/// html_style is the page's style sheet.
std::string_view html_style();

}  // namespace yoke::bench
