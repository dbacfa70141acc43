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

verdict verdict_on(const std::exception_ptr& error, std::uint32_t attempts) {
  try {
    std::rethrow_exception(error);
  } catch (const worker_lost& lost) {
    const worker_end end{.pid = lost.pid(), .signal = lost.signal(), .exit_status = lost.exit_status()};
    return {fmt::format("worker {} ended with {}", end.pid, to_string(end)),
            static_cast<std::uint32_t>(lost.attempts())};
  } catch (const task_timeout& late) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(late.deadline()).count();
    return {fmt::format("took longer than {} ms and was ended with worker {}", limit, late.worker()), attempts};
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
  named_.push_back(fmt::format("{}: {}: {}, {}", from.label(), what, why.reason, plural(why.attempts, "attempt")));
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
