#include "map/block_cutter.hpp"
#include "map/file_view.hpp"
#include "map/record_borders.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace yoke::cli {
namespace {

constexpr std::size_t most_parts = 32;

void note_record(block_place& where, std::uint64_t offset, std::string_view record) {
  if (record.ends_with('\n')) record.remove_suffix(1);
  where.offset = offset;
  where.bytes = record.size();
  where.single = true;
  where.record = record.substr(0, block_place::most_record);
}

}  // namespace

class block_cutter::shared_payload {
 public:
  explicit shared_payload(detail::backend& workers) : workers_{workers} {}
  shared_payload(const shared_payload&) = delete;
  shared_payload& operator=(const shared_payload&) = delete;
  ~shared_payload() {
    if (memory_ != nullptr) workers_.release(memory_, bytes_);
  }

  /// own makes the last part release the payload.
  void own(const detail::stream_block& block) {
    memory_ = const_cast<std::byte*>(block.input);
    bytes_ = block.input_bytes;
  }
  [[nodiscard]] bool owns() const { return memory_ != nullptr; }

 private:
  detail::backend& workers_;
  std::byte* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

std::size_t block_cutter::divide(const detail::stream_block& block, std::uint64_t first_part) {
  piece& whole = under_way_.at(block.number);
  std::vector<piece> parts = parts_of(whole, block);
  if (parts.size() < 2) return 0;
  std::shared_ptr<shared_payload> shared = parts.front().whole;
  std::uint64_t number = first_part;
  try {
    for (piece& part : parts) under_way_.emplace(number++, std::move(part));
  } catch (...) {
    while (number > first_part) under_way_.erase(--number);
    throw;
  }
  if (shared && !shared->owns()) {
    shared->own(block);
  } else {
    workers_.release(const_cast<std::byte*>(block.input), block.input_bytes);
  }
  under_way_.erase(block.number);
  return parts.size();
}

void block_cutter::next_part(detail::stream_block& out) {
  piece& part = under_way_.at(out.number);
  if (!part.ranges.empty()) {
    put_ranges(part.ranges, out);
    part.ranges = {};
    return;
  }
  const block_ticket ticket{.bytes = part.records.size(), .records = part.records.data()};
  std::byte* const memory = workers_.allocate(sizeof ticket);
  std::memcpy(memory, &ticket, sizeof ticket);
  out.input = memory;
  out.input_bytes = sizeof ticket;
}

std::vector<block_cutter::piece> block_cutter::parts_of(piece& whole, const detail::stream_block& block) {
  block_ticket ticket;
  std::memcpy(&ticket, block.input, sizeof ticket);
  if (ticket.ranges == 1) return parts_of_range(whole, ranges_behind(block.input).front());
  if (ticket.ranges > 1) return parts_of_ranges(ranges_behind(block.input));
  return parts_of_records(whole, ticket);
}

std::vector<block_cutter::piece> block_cutter::parts_of_records(piece& whole, const block_ticket& ticket) const {
  const std::string_view text = kernels::text({ticket.records, ticket.bytes});
  const auto runs = divided_records(text);
  if (runs.size() == 1) {
    note_record(whole.where, whole.where.offset, text);
    return {};
  }
  const auto shared = whole.whole ? whole.whole : std::make_shared<shared_payload>(workers_);
  std::vector<piece> parts;
  for (const std::string_view run : runs) {
    piece& part = parts.emplace_back();
    part.where.input = whole.where.input;
    part.where.offset = whole.where.offset + static_cast<std::uint64_t>(run.data() - text.data());
    part.where.bytes = run.size();
    part.records = kernels::as_bytes(run);
    part.whole = shared;
  }
  return parts;
}

std::vector<block_cutter::piece> block_cutter::parts_of_range(piece& whole, const file_range& range) const {
  const file_view file{inputs_[range.input], range.offset, range.length};
  const std::string_view records = records_in(file.text(), range.offset, range.length);
  const auto place_of = [&](std::string_view run) {
    return static_cast<std::uint64_t>(run.data() - file.text().data());
  };
  std::vector<piece> parts;
  if (const auto runs = divided_records(records); runs.size() > 1) {
    for (const std::string_view run : runs) {
      piece& part = parts.emplace_back();
      part.ranges = {{.input = range.input, .offset = place_of(run), .length = run.size()}};
      part.where.input = range.input;
      part.where.offset = part.ranges.front().offset;
      part.where.bytes = run.size();
    }
  } else {
    note_record(whole.where, records.empty() ? range.offset : place_of(records), records);
  }
  file.check();
  return parts;
}

std::vector<block_cutter::piece> block_cutter::parts_of_ranges(std::span<const file_range> ranges) {
  const std::size_t each = (ranges.size() + most_parts - 1) / most_parts;
  std::vector<piece> parts;
  while (!ranges.empty()) {
    const auto some = ranges.first(std::min(each, ranges.size()));
    piece& part = parts.emplace_back();
    part.ranges.assign(some.begin(), some.end());
    part.where.input = some.front().input;
    part.where.offset = some.front().offset;
    for (const file_range& range : some) part.where.bytes += range.length;
    ranges = ranges.subspan(some.size());
  }
  return parts;
}

}  // namespace yoke::cli
