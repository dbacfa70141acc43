#include <yoke/detail/byte_reader.hpp>
#include <yoke/errors.hpp>

#include <csignal>
#include <cstring>
#include <string>
#include <utility>

namespace yoke {
inline namespace v0 {
namespace {

std::string signal_name(int signal) {
  if (const char* name = sigabbrev_np(signal)) return std::string{"SIG"} + name;
  if (signal >= SIGRTMIN && signal <= SIGRTMAX) return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
  return "signal " + std::to_string(signal);
}

std::string loss(std::uint64_t item, const worker_end& end, int attempts) {
  std::string text = "item " + std::to_string(item) + " was lost: worker " + std::to_string(end.pid) + " ended with " +
                     to_string(end) + " while running it";
  if (attempts > 1) text += ", the last of " + std::to_string(attempts) + " attempts";
  text += end.signal == SIGKILL ? "; was it killed from outside, or for lack of memory?"
                                : "; run the item with yoke::backend::serial under a debugger to see where";
  return text;
}

}  // namespace

task_failure::task_failure(std::uint64_t item, int worker, std::string type, std::string text)
    : details_{std::make_shared<const details>(details{item, worker, std::move(type), std::move(text)})} {}

task_failure::~task_failure() = default;

task_error::task_error(std::uint64_t item, int worker, const std::string& type, const std::string& text)
    : error{text.empty() ? type : type + ": " + text}, task_failure{item, worker, type, text} {}

worker_lost::worker_lost(std::uint64_t item, worker_end end, int attempts)
    : error{loss(item, end, attempts)},
      task_failure{item, end.pid, "yoke::worker_lost", error::what()},
      end_{end},
      attempts_{attempts} {}

task_timeout::task_timeout(std::uint64_t item, int worker, std::chrono::nanoseconds deadline)
    : error{"item " + std::to_string(item) + " ran longer than its deadline of " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(deadline).count()) +
            " ms and was ended with worker " + std::to_string(worker) +
            "; allow more time, or find out why it hangs with yoke::backend::serial under a debugger"},
      task_failure{item, worker, "yoke::task_timeout", error::what()},
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
