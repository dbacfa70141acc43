#include "map/quarantine.hpp"

#include <yoke/errors.hpp>

#include <chrono>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

constexpr std::size_t most_named = 10;

struct verdict {
  std::string reason;
  std::uint32_t attempts;
};

/// spent_by says what a worker's life cost, and what it wrote to standard error last: mostly why it died.
std::string spent_by(const worker_end& end) {
  const auto seconds = std::chrono::duration<double>(end.user_time + end.system_time).count();
  std::string text = fmt::format(" ({:.2f} s of CPU time, {} MiB at most", seconds, end.peak_memory >> 20);
  text += end.out_of_memory ? ", out of memory)" : ")";
  const std::string_view words = end.last_words;
  if (words.empty()) return text;
  const std::size_t last_end = words.find_last_not_of('\n') + 1;
  const std::size_t before = words.substr(0, last_end).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return text + fmt::format(", it last wrote \"{}\"", words.substr(begin, last_end - begin));
}

verdict verdict_on(const std::exception_ptr& error, std::uint32_t attempts) {
  try {
    std::rethrow_exception(error);
  } catch (const worker_lost& lost) {
    return {fmt::format("worker {} ended with {}{}", lost.pid(), to_string(lost.end()), spent_by(lost.end())),
            static_cast<std::uint32_t>(lost.attempts())};
  } catch (const task_timeout& late) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(late.deadline()).count();
    return {fmt::format("took longer than {} ms and was ended with worker {}{}", limit, late.worker(),
                        spent_by(late.end())),
            attempts};
  } catch (const task_failure& thrown) {
    return {fmt::format("threw {}: {}", thrown.type_name(), thrown.text()), 1};
  } catch (const std::exception& e) {
    return {e.what(), 1};
  } catch (...) {
    return {"unknown error", 1};
  }
}

std::string plural(std::uint64_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    switch (c) {
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\\':
        text += "\\\\";
        break;
      default:
        if (c >= ' ' && c <= '~') {
          text += c;
        } else {
          text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
  }
  return text;
}

void quarantine::add(const block_place& where, std::exception_ptr error) {
  const verdict why = verdict_on(error, attempts_);
  ++(where.single ? records_ : blocks_);
  const input& from = inputs_[where.input];
  if (list_ != nullptr) {
    const std::string line = fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", escaped(from.name), where.offset, where.bytes,
                                         why.attempts, escaped(why.reason), escaped(where.record));
    list_->write(kernels::as_bytes(line));
  }
  if (named_.size() == most_named) return;
  const std::string what = where.single
                               ? fmt::format("the record of {} at byte {}", plural(where.bytes, "byte"), where.offset)
                               : fmt::format("the block of {} from byte {}", plural(where.bytes, "byte"), where.offset);
  named_.push_back(
      fmt::format("{}: {}: {}; {}", from.label(), what, escaped(why.reason), plural(why.attempts, "attempt")));
}

std::string quarantine::summary() const {
  std::string text;
  if (records_ > 0) text += plural(records_, "record");
  if (records_ > 0 && blocks_ > 0) text += " and ";
  if (blocks_ > 0) text += plural(blocks_, "block");
  text += " failed, all others are done:";
  for (const std::string& each : named_) text += '\n' + each;
  if (const std::uint64_t all = records_ + blocks_; all > named_.size()) {
    text +=
        fmt::format("\nand {} more{}", all - named_.size(), list_ == nullptr ? "; --failed FILE lists them all" : "");
  }
  return text;
}

}  // namespace yoke::cli
