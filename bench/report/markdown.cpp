#include "bench/report/markdown.hpp"

#include <variant>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

/// plain keeps what has a meaning in Markdown tables and HTML from having one.
std::string plain(const std::string& text) {
  std::string out;
  for (const char each : text) {
    if (each == '\n' || each == '\r') {
      out += ' ';
    } else if (each == '|' || each == '<' || each == '*' || each == '_' || each == '`' || each == '[' || each == '\\') {
      out.append(1, '\\').append(1, each);
    } else {
      out += each;
    }
  }
  return out;
}

std::string markdown(const paragraph& from) {
  return fmt::format("{}{}\n\n", from.sounds == paragraph::tone::warning ? "> **Warning:** " : "", plain(from.text));
}

std::string markdown(const code& from) {
  std::string indented = "    ";
  for (const char each : from.text) indented += each == '\n' ? "\n    " : std::string(1, each);
  return indented + "\n\n";
}

std::string markdown(const table_block& from) {
  std::string out = fmt::format("**{}**\n\n|", plain(from.caption));
  for (const std::string& each : from.headings) out += fmt::format(" {} |", plain(each));
  out += "\n|";
  for (std::size_t c = 0; c < from.headings.size(); ++c) out += c < from.texts ? "---|" : "---:|";
  for (const auto& row : from.rows) {
    out += "\n|";
    for (const std::string& each : row) out += fmt::format(" {} |", plain(each));
  }
  return out + "\n\n";
}

std::string markdown(const figure_row& from) {
  std::string out;
  for (const figure& each : from.figures)
    out += fmt::format("### {}\n\n{}\n\n", plain(each.title), plain(each.description)) + markdown(each.numbers);
  return out;
}

std::string markdown(const verdict_box& from) {
  std::string out = fmt::format("**{}**\n\n", plain(from.summary));
  if (from.disturbed) out += fmt::format("> **Disturbed:** {}\n\n", plain(from.disturbance));
  table_block table{
      "Which backend, and why", {"workload", "use", "speedup", "bound by", "because", "do"}, {}, 6, false};
  for (const verdict_row& each : from.rows) {
    table.rows.push_back({each.workload, each.use, each.speedup.empty() ? "-" : each.speedup + " (" + each.bounds + ")",
                          each.bound.empty() ? "-" : each.bound,
                          each.reason + (each.grounds().empty() ? "" : " ") + each.grounds(),
                          each.advice.empty() ? "-" : each.advice});
  }
  return out + markdown(table);
}

std::string markdown(const raw_data& /*from*/) { return {}; }

}  // namespace

std::string to_markdown(const document& from) {
  std::string out = fmt::format("# {}\n\n{}\n\n", plain(from.title), plain(from.subtitle));
  std::size_t number = 0;
  for (const section& each : from.sections) {
    out += fmt::format("## {}. {}\n\n", ++number, plain(each.title));
    if (each.id == "raw") out += "In the files that yoke bench wrote; yoke report turns them into CSV and JSON.\n\n";
    for (const block& part : each.blocks)
      if (each.id != "raw") out += std::visit([](const auto& one) { return markdown(one); }, part);
  }
  return out;
}

}  // namespace yoke::bench
