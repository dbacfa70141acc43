#include "bench/report/plots/gnuplot.hpp"

#include "bench/programs/started_program.hpp"
#include "bench/report/plots/tidy_svg.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr std::string_view consolation = "The tables have all figures";

std::string temporary_folder() {
  const char* const named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/tmp";
}

/// scratch_folder is gone with the object, and what it holds.
class scratch_folder {
 public:
  scratch_folder() : path_{temporary_folder() + "/yoke-plots.XXXXXX"} {
    if (::mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::system_category(), path_);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file{path_ + '/' + name, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

 private:
  std::string path_;
};

std::string first_line(const std::string& text) {
  const auto begin = text.find_first_not_of(" \n\t^");
  return begin == text.npos ? "it says nothing" : text.substr(begin, text.find('\n', begin) - begin);
}

/// shed drops plots from the back, where the details are, until the rest fits into a page of 2 MB.
void shed(const std::vector<figure*>& figures) {
  constexpr std::size_t most = 1'100'000;
  std::size_t bytes = 0;
  for (figure* each : figures) {
    bytes += each->svg.size();
    if (bytes <= most) continue;
    bytes -= each->svg.size();
    each->svg.clear();
    each->description += " (Its plot is left out: the page would become too large.)";
  }
}

std::string draw_in(const scratch_folder& folder, const std::vector<figure*>& figures) {
  {
    std::ofstream script{folder.path() + "/plots"};
    for (std::size_t i = 0; i < figures.size(); ++i)
      script << "set output '" << i << ".svg'\n" << figures[i]->script << "unset output\n";
    if (!script.flush()) return fmt::format("No plots: {} cannot be written; make room there", folder.path());
  }
  const auto said = memory_file();
  started_program gnuplot{{"gnuplot", "--default-settings", "plots"}, {.out = said.get(), .folder = folder.path()}};
  if (!gnuplot.ended_within(patience))
    return fmt::format(
        "No plots: gnuplot took more than {} s; write the report again when the machine is less busy. {}",
        patience.count(), consolation);
  const program_end end = gnuplot.finish();
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    figure& each = *figures[i];
    each.svg = tidy_svg(folder.read(std::to_string(i) + ".svg"), each.id, each.title, each.description);
    drawn += each.svg.empty() ? 0 : 1;
  }
  shed(figures);
  if (end.status == 0 && drawn == figures.size()) return {};
  return fmt::format(
      "{} of {} plots are missing: gnuplot failed with status {} ({}); see whether it draws SVG: gnuplot -e 'set "
      "terminal svg'. {}",
      figures.size() - drawn, figures.size(), end.status, first_line(text_of(said)), consolation);
}

}  // namespace

std::string draw_plots(const std::vector<figure*>& figures) {
  if (figures.empty()) return {};
  std::optional<scratch_folder> folder;
  try {
    folder.emplace();
  } catch (const std::system_error& error) {
    return fmt::format(
        "No plots: no folder for them can be made in {}: {}; set TMPDIR to one where that is possible. {}",
        temporary_folder(), error.code().message(), consolation);
  }
  try {
    return draw_in(*folder, figures);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::no_such_file_or_directory)
      return fmt::format("No plots: starting gnuplot fails: {}. {}", error.what(), consolation);
    return fmt::format(
        "No plots: there is no gnuplot here; install gnuplot (Debian: apt-get install gnuplot-nox) and write the "
        "report "
        "again. {}",
        consolation);
  }
}

}  // namespace yoke::bench
