#pragma once

#include <string_view>

namespace yoke::kernels {

/// line_sink receives selected lines in order. Neighbours may arrive as one run.
class line_sink {
 public:
  /// lines takes one or more whole lines, each with its newline but perhaps the last of the text.
  virtual void lines(std::string_view run) = 0;

 protected:
  ~line_sink() = default;
};

}  // namespace yoke::kernels
