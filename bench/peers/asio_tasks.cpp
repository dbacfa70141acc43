// Boost.Asio's thread_pool on single tasks, each with a std::future: see task_questions.hpp.
#include "peers/task_questions.hpp"

#include <cstdint>
#include <future>
#include <thread>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

int main() {
  boost::asio::thread_pool pool{std::thread::hardware_concurrency()};
  const auto submit = [&](int n) { return boost::asio::post(pool, boost::asio::use_future([n] { return n + 1; })); };
  return yoke::bench::task_questions::answer(
      [&](int tasks) {
        std::vector<std::future<int>> results;
        results.reserve(static_cast<std::size_t>(tasks));
        for (int n = 0; n < tasks; ++n) results.push_back(submit(n));
        std::int64_t sum = 0;
        for (auto& result : results) sum += result.get();
        return sum == std::int64_t{tasks} * (tasks + 1) / 2;
      },
      [&](int n) { return submit(n).get(); });
}
