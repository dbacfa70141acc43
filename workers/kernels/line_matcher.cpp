#include "workers/kernels/line_matcher.hpp"

#include "workers/kernels/text_counts.hpp"

namespace yoke::kernels {
namespace {

/// Below so many bytes a candidate, looking at every byte with RE2 is faster than jumping.
constexpr std::size_t worth_jumping = 128;
constexpr std::size_t first_verdict = 16;

bool is_plain(std::string_view pattern, const regex_options& options) {
  return !pattern.empty() && pattern.find_first_of(options.fixed ? "\n" : "\n\\^$.|?*+()[{") == std::string_view::npos;
}

std::uint64_t lines_in(std::string_view text) {
  return count_lines(text) + (text.empty() || text.back() == '\n' ? 0U : 1U);
}

/// run_joiner hands neighbouring lines on as one run.
class run_joiner {
 public:
  run_joiner(std::string_view text, line_sink& to) : text_{text}, to_{to} {}

  void add(line_place lines) {
    if (lines.begin != run_.end) {
      flush();
      run_.begin = lines.begin;
    }
    run_.end = lines.end;
  }

  void flush() {
    if (run_.begin != run_.end) to_.lines(text_.substr(run_.begin, run_.end - run_.begin));
  }

 private:
  std::string_view text_;
  line_sink& to_;
  line_place run_{0, 0};
};

}  // namespace

line_matcher::line_matcher(std::string_view pattern, const regex_options& options, bool invert) : invert_{invert} {
  if (is_plain(pattern, options)) {
    finder_.emplace(make_literal(pattern, options.ignore_case));
    return;
  }
  regex_ = std::make_unique<line_regex>(pattern, options);
  if (const std::string text = regex_->required_text(); !text.empty()) finder_.emplace(make_literal(text, true));
}

/// visit_by_literal calls visit(line_place) for each matching line. Returns how far it came: the literal turned out to
/// be common there, or the text ended.
template <typename Visit>
std::size_t line_matcher::visit_by_literal(std::string_view text, Visit visit) const {
  std::size_t done = 0;
  std::size_t candidates = 0;
  while (done < text.size()) {
    const std::size_t hit = finder_->find(text, done);
    if (hit == literal_finder::npos) return text.size();
    const line_place line = line_around(text, done, hit);
    if (!regex_ || regex_->matches(text.substr(line.begin, line.end - line.begin))) visit(line);
    done = line.end;
    if (regex_ && ++candidates % first_verdict == 0 && done / candidates < worth_jumping) return done;
  }
  return done;
}

template <typename Visit>
void line_matcher::visit_matches(std::string_view text, Visit visit) const {
  const std::size_t done = finder_ ? visit_by_literal(text, visit) : 0;
  if (regex_) regex_->visit(text, done, visit);
}

std::uint64_t line_matcher::count(std::string_view text) const {
  std::uint64_t matching = 0;
  const std::size_t done = finder_ ? visit_by_literal(text, [&](line_place) { ++matching; }) : 0;
  if (regex_) matching += regex_->count(text.substr(done));
  return invert_ ? lines_in(text) - matching : matching;
}

void line_matcher::select(std::string_view text, line_sink& to) const {
  run_joiner selected{text, to};
  std::size_t done = 0;
  visit_matches(text, [&](line_place line) {
    if (!invert_)
      selected.add(line);
    else if (line.begin != done)
      selected.add({done, line.begin});
    done = line.end;
  });
  if (invert_ && done != text.size()) selected.add({done, text.size()});
  selected.flush();
}

}  // namespace yoke::kernels
