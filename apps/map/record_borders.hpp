#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace yoke::cli {

/// records_in returns the records of `text` that start in the given range of it. A record is a line, with its newline.
std::string_view records_in(std::string_view text, std::size_t offset, std::size_t length);

/// divided_records cuts whole records into runs of about the same size, at most 32. One run comes back only where there
/// is but one record, or none.
std::vector<std::string_view> divided_records(std::string_view records);

}  // namespace yoke::cli
