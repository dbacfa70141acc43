#pragma once

#include "bench/report/document.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// draw_plots has gnuplot draw all figures, in one run, and puts the plots into them. Returns an empty text, or why
/// there are no plots and how to get them: gnuplot is missing, fails, or takes longer than 20 seconds, or there
/// is no folder to draw in. Nothing is
/// thrown, and no file is left: a report without plots is a report.
std::string draw_plots(const std::vector<figure*>& figures);

}  // namespace yoke::bench
