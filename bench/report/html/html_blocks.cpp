#include "bench/report/html/html_blocks.hpp"

#include "bench/report/html/html_text.hpp"

#include <variant>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t rows_to_show = 10;
constexpr std::size_t short_text = 24;  // such a text stays on one line
constexpr std::size_t most_rows_in_sight = 40;

std::string rows_of(const table_block& from) {
  const auto align = [&](std::size_t column) { return column < from.texts ? "" : " class=\"figure\""; };
  std::string out = "<thead><tr>";
  for (std::size_t c = 0; c < from.headings.size(); ++c)
    out += fmt::format("<th scope=\"col\"{}>{}</th>", align(c), escaped(from.headings[c]));
  out += "</tr></thead><tbody>";
  for (const auto& row : from.rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) {
      const char* tag = c == 0 ? "th" : "td";
      out += fmt::format("<{0}{1}{2}>{3}</{0}>", tag, c == 0 ? " scope=\"row\"" : "",
                         c > 0 && c < from.texts && row[c].size() <= short_text ? " class=\"short\"" : align(c),
                         escaped(row[c]));
    }
    out += "</tr>";
  }
  return out + "</tbody>";
}

/// A table that is wider than the page scrolls in its own frame, which the keyboard reaches.
std::string framed(const table_block& from) {
  return fmt::format(
      "<div class=\"frame\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table "
      "aria-label=\"{0}\">{1}</table></div>",
      escaped(from.caption), rows_of(from));
}

std::string folded(const table_block& from, const std::string& summary, bool open) {
  return fmt::format("<details{}><summary>{}</summary>{}</details>\n", open ? " open" : "", summary, framed(from));
}

std::string html(const paragraph& from) {
  if (from.sounds == paragraph::tone::warning)
    return fmt::format("<p class=\"warning\"><strong>Warning</strong> {}</p>\n", escaped(from.text));
  return fmt::format("<p{}>{}</p>\n", from.sounds == paragraph::tone::aside ? " class=\"aside\"" : "",
                     escaped(from.text));
}

std::string html(const code& from) {
  return fmt::format("<pre tabindex=\"0\" aria-label=\"Command\"><code>{}</code></pre>\n", escaped(from.text));
}

std::string html(const table_block& from) {
  if (from.folded || from.rows.size() > most_rows_in_sight) return folded(from, escaped(from.caption), false);
  return fmt::format("<p class=\"caption\">{}</p>{}\n", escaped(from.caption), framed(from));
}

std::string html(const figure_row& from) {
  std::string out = "<div class=\"plots\">\n";
  for (const figure& each : from.figures) {
    out += fmt::format("<figure id=\"{}\"><figcaption><strong>{}</strong><span>{}</span></figcaption>", each.id,
                       escaped(each.title), escaped(each.description));
    if (!each.svg.empty()) out += "<div class=\"plot\">" + each.svg + "</div>";
    table_block numbers = each.numbers;
    numbers.caption += ": " + each.title;
    out += folded(numbers, fmt::format("Numbers<span class=\"unseen\"> of {}</span>", escaped(each.title)),
                  each.svg.empty() && each.numbers.rows.size() <= rows_to_show) +
           "</figure>\n";
  }
  return out + "</div>\n";
}

std::string field(const char* name, const std::string& value, const std::string& more = {}) {
  if (value.empty()) return {};
  return fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>", name, escaped(value),
                     more.empty() ? "" : fmt::format("<small>{}</small>", escaped(more)));
}

std::string html(const verdict_box& from) {
  std::string out = fmt::format("<p class=\"summary\">{}</p>\n", escaped(from.summary));
  if (from.disturbed)
    out += fmt::format("<p class=\"warning\"><strong>Disturbed</strong> {}</p>\n", escaped(from.disturbance));
  out += "<div class=\"verdicts\">\n";
  for (const verdict_row& each : from.rows) {
    out += fmt::format("<article class=\"verdict {}\"><h3>{}</h3><p class=\"about\">{}</p>", each.kind,
                       escaped(each.workload), escaped(each.about));
    out += fmt::format(
        "<p class=\"use\"><span class=\"backend\">{}</span>{}</p>", escaped(each.use),
        each.speedup.empty() ? "" : fmt::format("<span class=\"speedup\">{}</span>", escaped(each.speedup)));
    if (!each.bounds.empty()) out += fmt::format("<p class=\"bounds\">{}</p>", escaped(each.bounds));
    out += fmt::format("<p class=\"reason\">{}</p><dl>", escaped(each.reason));
    out += field("Bound by", each.bound, each.grounds());
    out += field("Most lost to", each.loss) + field("Do", each.advice) + "</dl></article>\n";
  }
  return out + "</div>\n";
}

std::string html(const raw_data& from) {
  return fmt::format(
      "<p class=\"raw\"><a download=\"{0}\" href=\"data:{1};base64,{2}\">{0}</a> <span>{3}, {4:.0f} kB</span></p>\n",
      from.name, from.media_type, base64(from.content), escaped(from.about),
      static_cast<double>(from.content.size()) / 1000);
}

}  // namespace

std::string html_of(const block& from) {
  return std::visit([](const auto& each) { return html(each); }, from);
}

}  // namespace yoke::bench
