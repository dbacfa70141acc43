#pragma once

#include "bench/results/cell.hpp"
#include "bench/statistics/models.hpp"

#include <string>

namespace yoke::bench {

/// Figures as people read them. What is unknown is "-".

/// seconds_text: "1.23 s", "45.6 ms", "7.89 us", "12 ns".
std::string seconds_text(double seconds);
/// bytes_text: "1.5 MB", "12 B".
std::string bytes_text(double bytes);
/// binary_bytes_text: "48 KiB", "1.25 MiB": sizes of what comes in powers of two.
std::string binary_bytes_text(double bytes);
/// percent: "3 %", "0.4 %".
std::string percent(double share);
/// times_text: "1.93 x", "0.0005 x".
std::string times_text(double ratio);
/// number_text: three significant digits, without an exponent where that is possible.
std::string number_text(double value);
/// interval_text: "1.93 (1.90 to 1.96)", all three with as many decimals.
std::string interval_text(const interval& figure);
/// bounds_text: "1.90 to 1.96", with as many decimals as its value has.
std::string bounds_text(const interval& figure);
/// seconds_interval: "1.23 s (1.20 to 1.26 s)".
std::string seconds_interval(const interval& figure);
/// cell_text: "processes x 2", "thread x 1" as "threads x 1", "the serial loop".
std::string cell_text(const cell& of);
/// full_cell_text: "processes x 2 (weak)", "threads x 1 (500 items)": unlike cell_text, it tells all cells of a
/// workload apart.
std::string full_cell_text(const cell& of);

/// break_even_text: "from items of 12 us on".
std::string break_even_text(const break_even_point& at);

}  // namespace yoke::bench
