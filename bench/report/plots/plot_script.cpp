#include "bench/report/plots/plot_script.hpp"

#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace ink {

std::string part(std::size_t i) { return fmt::format("#1010{:02x}", 0x20 + i % 10); }

std::string_view of(backend kind) {
  return kind == backend::processes ? processes : kind == backend::threads ? threads : serial;
}

}  // namespace ink

std::string marks(backend kind) {
  if (kind == backend::processes) return "pt 7 ps 0.55 dt 1 lw 2.5";
  if (kind == backend::threads) return "pt 4 ps 0.75 dt (12,5) lw 2.5";
  return "pt 8 ps 0.7 dt (3,4) lw 2";
}

std::string_view plural(backend kind) {
  return kind == backend::processes ? "processes" : kind == backend::threads ? "threads" : "serial";
}

plot_script::plot_script(int width, int height) {
  commands_ = fmt::format(
      "reset\nset terminal svg size {},{} dynamic noenhanced font 'inherit,14'\n"
      "set border 3 lc rgb '{}' lw 1\nset tics nomirror out scale 0.5 textcolor rgb '{}'\n"
      "set grid ytics lc rgb '{}' lw 1 dt 1\nset key textcolor rgb '{}' samplen 2.5 spacing 1.1\n",
      width, height, ink::muted, ink::text, ink::grid, ink::text);
}

plot_script& plot_script::axes(std::string_view x, std::string_view y) {
  commands_ += fmt::format("set xlabel '{}' offset 0,0.4 textcolor rgb '{}'\nset ylabel '{}' textcolor rgb '{}'\n", x,
                           ink::muted, y, ink::muted);
  return *this;
}

plot_script& plot_script::line(const std::string& command) {
  commands_ += command + '\n';
  return *this;
}

std::string plot_script::data(const std::vector<std::string>& rows) {
  const std::string name = fmt::format("$d{}", ++blocks_);
  commands_ += name + " << EOD\n";
  for (const std::string& row : rows) commands_ += row + '\n';
  commands_ += "EOD\n";
  return name;
}

plot_script& plot_script::draw(const std::string& curve) {
  curves_.push_back(curve);
  return *this;
}

std::string plot_script::text() const {
  if (curves_.empty()) return {};
  std::string text = commands_ + "plot ";
  for (std::size_t i = 0; i < curves_.size(); ++i) text += (i == 0 ? "" : ", \\\n  ") + curves_[i];
  return text + '\n';
}

std::string figure_number(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : "NaN"; }

}  // namespace yoke::bench
