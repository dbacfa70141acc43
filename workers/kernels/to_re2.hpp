#pragma once

#include <string>
#include <string_view>

namespace yoke::kernels {

/// regex_options are grep's switches that change what a pattern means.
struct regex_options {
  bool ignore_case = false;  ///< ASCII letters match in either case
  bool fixed = false;        ///< the pattern is plain text
};

/// to_re2 writes a pattern, as LC_ALL=C grep -E or -F reads it, in the syntax of RE2.
///
/// The two look alike but differ in details that would change an answer silently: backslashes inside of brackets, a
/// second repeat such as a+?, \s, \< and \>, {,n}, what -i does to bytes above 127, newlines between alternatives.
/// What cannot be expressed exactly throws bad_operand. RE2 itself reports what makes no sense in either syntax.
std::string to_re2(std::string_view pattern, const regex_options& options);

/// bad_pattern throws the bad_operand that all complaints about a pattern share.
[[noreturn]] void bad_pattern(std::string_view pattern, std::string_view what);

}  // namespace yoke::kernels
