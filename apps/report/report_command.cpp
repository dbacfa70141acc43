#include "report/report_command.hpp"

#include "bench/report/baseline.hpp"
#include "bench/report/html/html_page.hpp"
#include "bench/report/markdown.hpp"
#include "bench/report/plots/gnuplot.hpp"
#include "bench/report/sections/sections.hpp"
#include "bench/report/terminal_table.hpp"
#include "bench/results/exports.hpp"
#include "bench/results/json.hpp"
#include "common/command_error.hpp"
#include "common/command_line.hpp"
#include "common/messages.hpp"
#include "common/named_file.hpp"
#include "common/output_file.hpp"
#include "common/standard_streams.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

constexpr std::array flags{
    flag{0, "html", "FILE", "write the report as one page that needs nothing else"},
    flag{0, "md", "FILE", "write it as Markdown"},
    flag{0, "csv", "FILE", "write a table with a row per repetition"},
    flag{0, "json", "FILE", "write the results in yoke's own format"},
    flag{0, "google-json", "FILE", "write them in the shape of Google Benchmark's"},
    flag{0, "trace", "FILE", "write the time lines of chunks, for Perfetto or chrome://tracing"},
    flag{0, "baseline", "OLD", "compare with older results; exit status 1 when slower"},
    help_flag,
};

constexpr std::string_view usage =
    "usage: yoke report [OPTION...] RESULTS\n\n"
    "Turns what yoke bench measured (RESULTS, JSON) into a table that says which backend to use, and why, and into\n"
    "files. RESULTS may be - for standard input, and FILE - for standard output; then there is no table. Plots come\n"
    "from gnuplot: without it, the tables have all figures.\n\n"
    "Exit status: 0 all right, 1 a cell is slower than in the baseline, or fails now, or none could be compared,\n"
    "2 usage, 3 input or output error.\n\n"
    "Options:\n";

/// destination is one file to write. All are opened before anything is computed: a mistyped folder costs no time.
class destination {
 public:
  explicit destination(std::string_view name)
      : to_stdout_{name == "-"}, file_{std::make_unique<output_file>(to_stdout_ ? std::string{} : std::string{name})} {}

  void write(const std::string& text) {
    file_->write(std::as_bytes(std::span{text}));
    file_->commit();
  }
  [[nodiscard]] bool to_stdout() const { return to_stdout_; }

 private:
  bool to_stdout_;
  std::unique_ptr<output_file> file_;
};

bench::results read(std::string_view path) {
  try {
    if (path != "-") return bench::read_results(std::string{path});
    if (!stdin_is_readable()) throw io_error{"standard input is closed; name a file, or give it something to read"};
    return bench::read_results(STDIN_FILENO, "standard input");
  } catch (const bench::results_error& error) {
    throw io_error{error.what()};
  }
}

constexpr std::array outputs{"html", "md", "csv", "json", "google-json", "trace"};

void check_files(const words& given) {
  std::vector<named_file> files{{"the input", std::string{given.operands.front()}, false}};
  if (const given_flag* old = given.find("baseline")) files.push_back({"the baseline", std::string{old->text}, false});
  for (const std::string_view name : outputs) {
    const given_flag* asked = given.find(name);
    if (asked != nullptr) files.push_back({fmt::format("--{}", name), std::string{asked->text}});
  }
  if (files.size() > 1 && !files[1].written && files[0].name == "-" && files[1].name == "-")
    throw usage_error{"- twice: standard input can be read only once; name a file for the results, or for --baseline"};
  check_apart(files);
}

class report_files {
 public:
  explicit report_files(const words& given) {
    for (const std::string_view name : outputs) {
      const given_flag* asked = given.find(name);
      if (asked == nullptr) continue;
      if (asked->text.empty()) throw usage_error{fmt::format("option --{} needs the name of a file", name)};
      if (asked->text == "-" && has_stdout()) throw usage_error{"only one file can be -, standard output"};
      files_.emplace_back(name, destination{asked->text});
    }
  }

  [[nodiscard]] bool has_stdout() const {
    for (const auto& [name, file] : files_)
      if (file.to_stdout()) return true;
    return false;
  }

  /// write returns what could not be written, a line each; that keeps nothing else from being written.
  [[nodiscard]] std::string write(const bench::analysis& of, const std::optional<bench::comparison>& with) {
    std::string trouble;
    for (auto& [name, file] : files_) {
      try {
        file.write(content(name, of, with));
      } catch (const io_error& error) {
        trouble.append(trouble.empty() ? "" : "\n").append(error.what());
      }
    }
    return trouble;
  }

 private:
  static std::string content(std::string_view name, const bench::analysis& of,
                             const std::optional<bench::comparison>& with) {
    if (name == "csv") return bench::to_csv(of.source());
    if (name == "json") return bench::to_json(of.source());
    if (name == "google-json") return bench::to_google_json(of.source());
    if (name == "trace") return bench::to_chrome_trace(of.source());
    bench::document whole = bench::write_document(of, with);
    if (name == "md") return bench::to_markdown(whole);
    const std::string missing = bench::draw_plots(bench::figures_of(whole));
    if (!missing.empty()) complain("yoke report", missing);
    return bench::to_html(whole, missing);
  }

  std::vector<std::pair<std::string_view, destination>> files_;
};

}  // namespace

int run_report(std::span<char*> arguments) {
  const words given = parse_words({.name = "yoke report", .flags = flags}, arguments);
  if (given.has("help")) return print(std::string{usage} + describe_flags(flags)), 0;
  if (given.operands.size() != 1)
    throw usage_error{
        given.operands.empty()
            ? std::string{"which results? Name the file that yoke bench --json wrote; yoke report --help says more"}
            : fmt::format("unexpected '{}'; yoke report takes one file of results", given.operands[1])};

  check_files(given);
  const bench::results now = read(given.operands.front());
  std::optional<bench::results> then;
  if (const given_flag* old = given.find("baseline")) then = read(old->text);
  report_files files{given};

  const bench::analysis figures{now};
  std::optional<bench::analysis> older;
  std::optional<bench::comparison> with;
  if (then) {
    older.emplace(*then);
    with = compare(figures, *older, std::string{given.find("baseline")->text});
  }
  const std::string trouble = files.write(figures, with);
  if (!files.has_stdout()) print(to_terminal(figures, with));
  if (!trouble.empty()) throw io_error{trouble};
  return with && with->regressed() ? static_cast<int>(exit_status::negative) : 0;
}

}  // namespace yoke::cli
