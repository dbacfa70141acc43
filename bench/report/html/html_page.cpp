#include "bench/report/html/html_page.hpp"

#include "bench/report/html/html_blocks.hpp"
#include "bench/report/html/html_text.hpp"
#include "bench/report/plots/tidy_svg.hpp"

#include <cstddef>
#include <variant>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t most_bytes = 2'000'000;

/// A page that nobody can mail is of no use: what does not fit into 2 MB stays outside.
std::string raw_or_regret(const raw_data& from, std::size_t page) {
  if (page + from.content.size() * 4 / 3 + 2000 <= most_bytes) return html_of(from);
  return html_of(
      paragraph{from.name + " is too large for this page; yoke report writes it from the file that yoke bench wrote.",
                paragraph::tone::aside});
}

std::string contents_of(const document& from) {
  std::string list = "<nav aria-label=\"Contents\"><ol>";
  for (const section& each : from.sections)
    list += fmt::format("<li><a href=\"#{}\">{}</a></li>", each.id, escaped(each.title));
  return list + "</ol></nav>";
}

}  // namespace

std::string to_html(const document& from, const std::string& plots_missing) {
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
      "data:\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}\n<header><p "
      "class=\"mark\">yoke report</p>"
      "<h1>{}</h1><p class=\"subtitle\">{}</p></header>\n",
      escaped(from.title), html_style(), shared_symbols(), escaped(from.title), escaped(from.subtitle));
  page += "<main>\n";
  std::size_t number = 0;
  for (const section& each : from.sections) {
    ++number;
    page += fmt::format(
        "<section id=\"{}\" aria-labelledby=\"{}-heading\">\n<h2 id=\"{}-heading\"><span class=\"number\">{}</span> "
        "{}</h2>\n",
        each.id, each.id, each.id, number, escaped(each.title));
    for (const block& part : each.blocks) {
      const auto* raw = std::get_if<raw_data>(&part);
      page += raw != nullptr ? raw_or_regret(*raw, page.size()) : html_of(part);
    }
    page += "</section>\n";
    if (number == 1) {
      if (!plots_missing.empty()) page += html_of(paragraph{plots_missing, paragraph::tone::warning});
      page += contents_of(from);
    }
  }
  return page + "</main>\n<footer><p>Written by yoke " YOKE_VERSION
                ". Nothing here was fetched from anywhere.</p></footer>\n</body>\n</html>\n";
}

}  // namespace yoke::bench
