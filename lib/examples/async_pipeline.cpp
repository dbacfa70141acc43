// Reads from pipes without blocking while workers compute: one thread waits for everything, and holds nothing up.
#include <yoke/asio.hpp>
#include <yoke/yoke.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

namespace asio = boost::asio;

// Some CPU time for each line: the steps of the Collatz sequence from the number in it.
std::uint64_t steps_from(std::uint64_t number) {
  std::uint64_t steps = 0;
  for (; number != 1; ++steps) number = number % 2 == 0 ? number / 2 : 3 * number + 1;
  return steps;
}

struct finding {
  std::uint64_t lines = 0;
  std::uint64_t longest = 0;
};

// Lines are read as they come, and each is computed while the next ones are awaited.
asio::awaitable<void> follow(asio::posix::stream_descriptor pipe, yoke::asio_pump& pump, finding& found) {
  std::string text;
  while (true) {
    boost::system::error_code end;
    const std::size_t bytes = co_await asio::async_read_until(pipe, asio::dynamic_buffer(text), '\n',
                                                              asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
    const std::uint64_t number = std::stoull(text.substr(0, bytes));
    text.erase(0, bytes);
    yoke::async_submit(pump, steps_from, number, [&found](const std::exception_ptr& error, std::uint64_t steps) {
      if (error) std::rethrow_exception(error);
      ++found.lines;
      found.longest = std::max(found.longest, steps);
    });
  }
}

int main() {
  yoke::pool pool;
  asio::io_context context;
  yoke::asio_pump pump{pool, context.get_executor()};
  finding found;
  FILE* const low = ::popen("seq 1 2000", "r");
  FILE* const high = ::popen("sleep 0.1; seq 100000 101000", "r");
  for (FILE* from : {low, high}) {
    asio::posix::stream_descriptor pipe{context, ::dup(::fileno(from))};
    asio::co_spawn(context, follow(std::move(pipe), pump, found), asio::detached);
  }
  context.run();
  ::pclose(low);
  ::pclose(high);
  std::cout << found.lines << " numbers, the longest way to 1 has " << found.longest << " steps\n";
}
