#include "map/record_borders.hpp"

namespace yoke::cli {
namespace {

constexpr std::size_t most_runs = 32;

/// A run and the record that did not fit into it are longer than a share, so there are two runs a share at most.
constexpr std::size_t shares = most_runs / 2;

/// first_run ends behind the last record that fits into `share` bytes, or else behind the first record.
std::size_t first_run(std::string_view records, std::size_t share) {
  const std::size_t last = share == 0 ? std::string_view::npos : records.rfind('\n', share - 1);
  const std::size_t border = last != std::string_view::npos ? last : records.find('\n', share);
  return border == std::string_view::npos ? records.size() : border + 1;
}

}  // namespace

std::string_view records_in(std::string_view text, std::size_t offset, std::size_t length) {
  std::size_t begin = offset;
  if (offset != 0) {
    const std::size_t border = text.substr(offset - 1, length).find('\n');
    if (border == std::string_view::npos) return {};
    begin = offset + border;
  }
  const std::size_t last =
      text.size() - offset <= length ? std::string_view::npos : text.find('\n', offset + length - 1);
  return text.substr(begin, last == std::string_view::npos ? std::string_view::npos : last + 1 - begin);
}

std::vector<std::string_view> divided_records(std::string_view records) {
  std::vector<std::string_view> runs;
  const std::size_t share = records.size() / shares;
  while (!records.empty() && runs.size() + 1 < most_runs) {
    const std::size_t end = first_run(records, share);
    runs.push_back(records.substr(0, end));
    records.remove_prefix(end);
  }
  if (!records.empty() || runs.empty()) runs.push_back(records);
  return runs;
}

}  // namespace yoke::cli
