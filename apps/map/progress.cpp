#include "map/progress.hpp"

#include "common/quantities.hpp"
#include "sys/terminal.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto first_look = 500ms;
constexpr auto long_pause = 2s;

void put(std::string_view text) { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr)); }

}  // namespace

progress::progress(when shown, std::uint64_t total)
    : shown_{shown != when::never}, total_{total}, begun_{clock::now()}, moved_{begun_}, first_{begun_} {
  if (shown == when::automatic) first_ += first_look;
}

when progress::wanted(const map_request& request) {
  const bool unwelcome = request.quiet || !detail::stderr_redraws();
  return request.progress == when::automatic && unwelcome ? when::never : request.progress;
}

void progress::add(std::uint64_t bytes) {
  done_ += bytes;
  moved_ = clock::now();
}

progress_callback progress::callback() {
  if (!shown_) return {};
  return [this](const progress_report& /*blocks*/) {
    if (const auto now = clock::now(); now >= first_) draw(now);
  };
}

void progress::draw(clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  const double rate = static_cast<double>(done_) / seconds;
  const std::uint64_t done = total_ > 0 ? std::min(done_, total_) : done_;
  std::string line{progress_wipe};
  if (total_ > 0) line += fmt::format("{:3}%  {} of {}", 100 * done / total_, size_text(done), size_text(total_));
  if (total_ == 0) line += size_text(done);
  if (now - moved_ >= long_pause) {
    line += fmt::format(", nothing new for {:.0f} s", std::chrono::duration<double>(now - moved_).count());
  } else if (done > 0) {
    line += fmt::format(", {}/s", size_text(static_cast<std::uint64_t>(rate)));
    if (done < total_) line += fmt::format(", {:.0f} s left", std::ceil(static_cast<double>(total_ - done) / rate));
  }
  if (failed_ > 0) line += fmt::format(", {} failed", failed_);
  put(line);
  drawn_ = true;
}

void progress::clear() {
  if (drawn_) put(progress_wipe);
  drawn_ = false;
}

}  // namespace yoke::cli
