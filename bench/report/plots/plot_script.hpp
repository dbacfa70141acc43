#pragma once

#include <yoke/backend.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace yoke::bench {

/// Colours in scripts are placeholders: tidy_svg turns them into variables of the page's style, which has a value of
/// each for light and for dark.
namespace ink {
inline constexpr std::string_view text = "#101010";
inline constexpr std::string_view muted = "#101011";
inline constexpr std::string_view grid = "#101012";
inline constexpr std::string_view threads = "#101013";
inline constexpr std::string_view processes = "#101014";
inline constexpr std::string_view serial = "#101015";
inline constexpr std::string_view ideal = "#101016";
inline constexpr std::string_view ceiling = "#101017";
inline constexpr std::string_view paper = "#101018";

/// part is the colour of the i-th of several parts, up to 10.
std::string part(std::size_t i);
/// of is the colour of a backend.
std::string_view of(backend kind);
}  // namespace ink

/// marks returns how points and lines of a backend look without their colour: filled circles and solid lines for
/// processes, open squares and dashes for threads, triangles for the serial loop.
std::string marks(backend kind);

/// plural is "processes", "threads" or "serial".
std::string_view plural(backend kind);

/// plot_script collects the commands of one plot for gnuplot.
class plot_script {
 public:
  plot_script(int width, int height);

  plot_script& axes(std::string_view x, std::string_view y);
  plot_script& line(const std::string& command);
  /// data adds a block of rows and returns its name, "$d1".
  std::string data(const std::vector<std::string>& rows);
  /// draw adds a curve; a script without curves is empty.
  plot_script& draw(const std::string& curve);

  [[nodiscard]] std::string text() const;

 private:
  std::string commands_;
  std::vector<std::string> curves_;
  int blocks_ = 0;
};

/// figure_number writes a number for gnuplot, NaN included.
std::string figure_number(double value);

}  // namespace yoke::bench
