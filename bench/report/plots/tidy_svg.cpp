#include "bench/report/plots/tidy_svg.hpp"

#include "bench/report/html/html_text.hpp"

#include <array>
#include <charconv>
#include <regex>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::array<std::string_view, 9> names{"text",   "muted", "grid",    "threads", "processes",
                                                "serial", "ideal", "ceiling", "paper"};

/// variable is the style's name for a placeholder colour, by its third number.
std::string variable(int number) {
  if (number >= 0x20) return fmt::format("var(--part-{})", number - 0x20);
  const auto index = static_cast<std::size_t>(number - 0x10);
  return fmt::format("var(--{})", index < names.size() ? names[index] : "text");
}

std::string with_variables(const std::string& svg) {
  static const std::regex placeholder{R"(rgb\(\s*16,\s*16,\s*(\d+)\))"};
  std::string out;
  auto rest = svg.begin();
  for (std::sregex_iterator at{svg.begin(), svg.end(), placeholder}, end; at != end; ++at) {
    const std::smatch& met = *at;
    out.append(rest, met[0].first);
    out += variable(std::stoi(met[1]));
    rest = met[0].second;
  }
  return out.append(rest, svg.end());
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// without_empty_groups drops the groups that gnuplot opens and closes around nothing: more than half of its text.
std::string without_empty_groups(const std::string& svg) {
  static const std::regex empty{R"(<g fill="none"[^>]*>\s*</g>\s*)"};
  return std::regex_replace(svg, empty, "");
}

}  // namespace

std::string tidy_svg(std::string_view from, const std::string& id, const std::string& title,
                     const std::string& description) {
  const auto box = from.find("viewBox=\"");
  const auto canvas = from.find("</defs>");
  const auto end = from.rfind("</svg>");
  if (box == from.npos || canvas == from.npos || end == from.npos || end < canvas) return {};
  const std::string_view view = from.substr(box + 9, from.find('"', box + 9) - box - 9);
  std::string body = without_empty_groups(std::string{from.substr(canvas + 7, end - canvas - 7)});
  body = body.substr(0, body.rfind("</g>"));  // of the canvas, opened before the shared symbols

  static const std::regex names_of_plots{R"( id="gnuplot_[^"]*")"};
  static const std::regex titles{R"(<title>[^<]*</title>)"};
  body = std::regex_replace(body, names_of_plots, "");
  body = std::regex_replace(body, titles, "");
  for (const std::string_view noise :
       {" font-family=\"inherit\"", " color=\"black\"", " color=\"gray\"", " color=\"#000000\"", "\t",
        " stroke-linecap=\"butt\"", " stroke-linejoin=\"miter\"", " class=\"gridline\"", " stroke-width=\"1.00\""})
    replace_all(body, noise, "");
  replace_all(body, "gpPat", id + "-pattern");
  body = with_variables(body);
  return fmt::format(
      "<svg viewBox=\"{}\" role=\"img\" aria-labelledby=\"{}-title {}-about\"><title id=\"{}-title\">{}</title>"
      "<desc id=\"{}-about\">{}</desc>{}</svg>",
      view, id, id, id, escaped(title), id, escaped(description), body);
}

std::string shared_symbols() {
  constexpr std::string_view open = "stroke-width='.25' stroke='currentColor' fill='none'";
  return fmt::format(
      "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\" class=\"symbols\"><defs>"
      "<circle id='gpDot' r='.5' fill='currentColor'/>"
      "<rect id='gpPt3' {0} x='-.9' y='-.9' width='1.8' height='1.8'/>"
      "<circle id='gpPt5' {0} r='.9'/><circle id='gpPt6' r='1' fill='currentColor'/>"
      "<path id='gpPt7' {0} d='M0-1.2 1.1.7h-2.2z'/></defs></svg>",
      open);
}

}  // namespace yoke::bench
