#pragma once

#include "workers/kernels/line_regex.hpp"
#include "workers/kernels/line_sink.hpp"
#include "workers/kernels/literal.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace yoke::kernels {

/// line_matcher selects the lines of a text that match a pattern, or those that do not.
///
/// A plain text is searched for directly. So is a text that every match of an expression must hold, as long as it is
/// rare: RE2 then looks at the lines around it only. Otherwise RE2 goes over the block by itself.
class line_matcher {
 public:
  /// Throws bad_operand for a pattern that cannot be read.
  line_matcher(std::string_view pattern, const regex_options& options, bool invert);

  /// count returns the number of selected lines. A last line without newline counts.
  [[nodiscard]] std::uint64_t count(std::string_view text) const;

  /// select hands the selected lines to `to`, in order.
  void select(std::string_view text, line_sink& to) const;

 private:
  template <typename Visit>
  std::size_t visit_by_literal(std::string_view text, Visit visit) const;
  template <typename Visit>
  void visit_matches(std::string_view text, Visit visit) const;

  bool invert_;
  std::optional<literal_finder> finder_;
  std::unique_ptr<line_regex> regex_;  ///< null when the literal is all there is to match
};

}  // namespace yoke::kernels
