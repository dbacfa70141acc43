#include <yoke/detail/byte_reader.hpp>
#include <yoke/errors.hpp>

#include "sys/visible_text.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace yoke {
inline namespace v0 {
namespace {

std::string signal_name(int signal) {
  if (const char* name = sigabbrev_np(signal)) return std::string{"SIG"} + name;
  if (signal >= SIGRTMIN && signal <= SIGRTMAX) return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
  return "signal " + std::to_string(signal);
}

/// last_of returns the last lines of a text in one line, as far as they fit.
std::string last_of(std::string_view text) {
  constexpr std::size_t most_lines = 3;
  constexpr std::size_t most_bytes = 300;
  std::string quote;
  for (std::size_t lines = 0; lines < most_lines && !text.empty();) {
    const std::size_t cut = text.rfind('\n');
    const std::string_view line = cut == std::string_view::npos ? text : text.substr(cut + 1);
    text = cut == std::string_view::npos ? std::string_view{} : text.substr(0, cut);
    if (line.empty()) continue;
    if (++lines > 1 && quote.size() + line.size() > most_bytes) break;
    quote.insert(0, std::string{line.substr(0, most_bytes)} + (quote.empty() ? "" : " / "));
  }
  return detail::visible_text(quote);
}

/// line_in finds the last line that begins so: npos without one.
std::size_t line_in(std::string_view words, const std::string& beginning) {
  const std::size_t newline = words.rfind('\n' + beginning);
  if (newline != std::string_view::npos) return newline + 1;
  return words.starts_with(beginning) ? 0 : std::string_view::npos;
}

/// trace_parts are a worker's last words, without the lines around its trace (workers/crash_trace.cpp).
struct trace_parts {
  std::string_view before;
  std::optional<std::string_view> calls;
};

trace_parts parts_of(const worker_end& end) {
  const std::string worker = "yoke: worker " + std::to_string(end.pid);
  std::string_view words = end.last_words;
  const std::size_t last_line = line_in(words, worker + " was in these calls");
  words = words.substr(0, last_line);
  const std::size_t first_line = line_in(words, worker + " is ended by ");
  if (first_line != std::string_view::npos) {
    return {words.substr(0, first_line), words.substr(std::min(words.size(), words.find('\n', first_line)))};
  }
  if (last_line != std::string_view::npos) return {{}, words};  // longer than what is kept of last words
  return {words, std::nullopt};
}

/// quoted returns the end of what a worker wrote, and of its trace, as clauses of one line.
std::string quoted(const worker_end& end) {
  const trace_parts parts = parts_of(end);
  const std::string wrote = last_of(parts.before);
  const std::string calls = last_of(parts.calls.value_or(""));
  std::string text;
  if (!wrote.empty()) text += "; it last wrote \"" + wrote + '"';
  if (!calls.empty()) text += "; it was in these calls, the innermost last: " + calls;
  return text;
}

/// where_it_crashed says how to find out.
std::string where_it_crashed(const worker_end& end, std::string_view what) {
  const bool untraced = end.signal != 0 && !parts_of(end).calls;
  const std::string traced = untraced ? "pool_options::backtraces tells in which calls; or " : "";
  return "; " + traced + "run " + std::string{what} + " with yoke::backend::serial under a debugger to see where";
}

std::string advice(const worker_end& end) {
  if (end.out_of_memory) return "; memory ran out: let items need less, run fewer workers or allow them more";
  if (end.signal == SIGBUS) return "; reading a mapped file that has become shorter does this";
  if (end.signal == SIGKILL) return "; was it killed from outside, or for lack of memory?";
  return where_it_crashed(end, "the item");
}

std::string loss(std::uint64_t item, const worker_end& end, int attempts) {
  std::string text = "item " + std::to_string(item) + " was lost: worker " + std::to_string(end.pid) + " ended with " +
                     to_string(end) + " while running it";
  if (attempts > 1) text += ", the last of " + std::to_string(attempts) + " attempts";
  return text + quoted(end) + advice(end);
}

std::string loss(const char* function, const worker_end& end) {
  std::string text = "worker " + std::to_string(end.pid) + " ended with " + to_string(end) + " in its " + function;
  if (end.signal == SIGALRM) text += ", as after " + std::string{function} + "_deadline";
  return text + quoted(end) + where_it_crashed(end, "it");
}

}  // namespace

task_failure::task_failure(std::uint64_t item, int worker, std::string type, std::string text)
    : details_{std::make_shared<const details>(details{item, worker, std::move(type), std::move(text)})} {}

task_failure::~task_failure() = default;

task_error::task_error(std::uint64_t item, int worker, const std::string& type, const std::string& text)
    : error{text.empty() ? type : type + ": " + text}, task_failure{item, worker, type, text} {}

worker_lost::worker_lost(std::uint64_t item, const worker_end& end, int attempts)
    : error{loss(item, end, attempts)},
      task_failure{item, end.pid, "yoke::worker_lost", error::what()},
      end_{std::make_shared<const worker_end>(end)},
      attempts_{attempts} {}

worker_lost::worker_lost(const char* function, const worker_end& end)
    : error{loss(function, end)},
      task_failure{no_item, end.pid, "yoke::worker_lost", error::what()},
      end_{std::make_shared<const worker_end>(end)},
      attempts_{1} {}

task_timeout::task_timeout(std::uint64_t item, const worker_end& end, std::chrono::nanoseconds deadline)
    : error{"item " + std::to_string(item) + " ran longer than its deadline of " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(deadline).count()) +
            " ms and was ended with worker " + std::to_string(end.pid) + quoted(end) +
            "; allow more time, or find out why it hangs with yoke::backend::serial under a debugger"},
      task_failure{item, end.pid, "yoke::task_timeout", error::what()},
      end_{std::make_shared<const worker_end>(end)},
      deadline_{deadline} {}

std::string to_string(const worker_end& end) {
  return end.signal != 0 ? signal_name(end.signal) : "exit " + std::to_string(end.exit_status);
}

}  // namespace v0

namespace detail {

void throw_truncated(std::size_t wanted, std::size_t left) {
  throw damaged_payload{"a payload ends too early: " + std::to_string(wanted) + " more wanted, room for " +
                        std::to_string(left) + "; does each yoke::codec read exactly what it wrote?"};
}

void throw_damaged(const char* what) {
  throw damaged_payload{std::string{"a payload holds what was never encoded: "} + what +
                        "; does each yoke::codec read exactly what it wrote?"};
}

}  // namespace detail
}  // namespace yoke
