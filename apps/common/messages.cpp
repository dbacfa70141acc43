#include "common/messages.hpp"

#include "common/output_file.hpp"
#include "common/without_sigpipe.hpp"
#include "sys/visible_text.hpp"

#include <cstdio>

namespace yoke::cli {

void print(std::string_view text) {
  output_file out{""};
  out.write(kernels::as_bytes(text));
  out.commit();
}

void complain(std::string_view command, std::string_view message) {
  std::string lines;
  while (!message.empty()) {
    const std::size_t end = message.find('\n');
    lines.append(command).append(": ").append(detail::visible_text(message.substr(0, end))).append(1, '\n');
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
  }
  const without_sigpipe unheard;  // the exit status tells all the same
  static_cast<void>(std::fwrite(lines.data(), 1, lines.size(), stderr));
}

}  // namespace yoke::cli
