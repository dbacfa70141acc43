#include "map/progress.hpp"

#include "common/quantities.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto first_look = 500ms;
constexpr auto between_looks = 100ms;
constexpr std::string_view wipe = "\r\x1b[K";

void put(std::string_view text) { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr)); }

}  // namespace

progress::progress(when shown, std::uint64_t total)
    : shown_{shown != when::never}, total_{total}, begun_{std::chrono::steady_clock::now()}, next_{begun_} {
  if (shown == when::automatic) next_ += first_look;
}

when progress::wanted(const map_request& request) {
  const bool unwelcome = request.quiet || ::isatty(STDERR_FILENO) == 0;
  return request.progress == when::automatic && unwelcome ? when::never : request.progress;
}

void progress::add(std::uint64_t bytes) {
  done_ += bytes;
  if (!shown_ || std::chrono::steady_clock::now() < next_) return;
  next_ = std::chrono::steady_clock::now() + between_looks;
  draw();
}

void progress::draw() {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  const double rate = static_cast<double>(done_) / seconds;
  std::string line{wipe};
  if (total_ > 0) {
    const double left = static_cast<double>(total_ - std::min(done_, total_)) / rate;
    line += fmt::format("{:3}%  {} of {}, {}/s, {:.0f} s left", 100 * std::min(done_, total_) / total_,
                        size_text(done_), size_text(total_), size_text(static_cast<std::uint64_t>(rate)), left);
  } else {
    line += fmt::format("{}, {}/s", size_text(done_), size_text(static_cast<std::uint64_t>(rate)));
  }
  put(line);
  drawn_ = true;
}

void progress::clear() {
  if (drawn_) put(wipe);
  drawn_ = false;
}

}  // namespace yoke::cli
