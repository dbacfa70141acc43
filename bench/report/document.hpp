#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace yoke::bench {

/// A report is written once, as a document of blocks, and turned into HTML or Markdown from there.

/// paragraph is running text.
struct paragraph {
  enum class tone : unsigned char { plain, warning, aside };
  std::string text;
  tone sounds = tone::plain;
};

/// code is text to be copied as it is.
struct code {
  std::string text;
};

/// table has a caption, and headings above columns. The first `texts` columns are texts, the others figures.
struct table_block {
  std::string caption;
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
  std::size_t texts = 1;
  bool folded = false;  ///< long, and seldom wanted: only its caption shows until it is opened
};

/// figure is a plot, with its numbers as a table. `script` draws it, by gnuplot; `svg` is empty until that has
/// happened.
struct figure {
  std::string id;
  std::string title;
  std::string description;  ///< what is to be seen, for those who do not see it
  std::string script;
  table_block numbers;
  std::string svg = {};
};

/// figure_row is figures that belong beside each other.
struct figure_row {
  std::vector<figure> figures;
};

/// verdict_row is the answer for one workload.
struct verdict_row {
  std::string workload;
  std::string about;
  std::string use;      ///< "processes x 2"
  std::string speedup;  ///< "1.93 x", or empty
  std::string bounds;   ///< "95 % interval 1.90 to 1.96; efficiency 96 %"
  std::string bound;    ///< "CPU bound"; empty where nothing can be said
  std::string sure;     ///< "90 % of the repetitions say so"; empty where none was asked
  std::string evidence;
  std::string loss;  ///< "imbalance tail, 3 %"
  std::string advice;
  std::string reason;
  std::string kind;  ///< "process", "thread", "serial" or "none": how it is marked

  /// grounds are evidence and how sure it is.
  [[nodiscard]] std::string grounds() const { return evidence + (evidence.empty() || sure.empty() ? "" : "; ") + sure; }
};

/// verdict_box is the first thing that a reader sees.
struct verdict_box {
  std::string summary;
  bool disturbed = false;
  std::string disturbance;  ///< what was found of other programs
  std::vector<verdict_row> rows;
};

/// raw_data is a file that travels inside the page.
struct raw_data {
  std::string name;
  std::string media_type;
  std::string about;
  std::string content;
};

using block = std::variant<paragraph, code, table_block, figure_row, verdict_box, raw_data>;

/// section has a number by its place.
struct section {
  std::string id;
  std::string title;
  std::vector<block> blocks;
};

struct document {
  std::string title;
  std::string subtitle;
  std::vector<section> sections;
};

}  // namespace yoke::bench
