// A database handle must not be used in a process that it was not opened in: each worker opens its own, once.

#include <yoke/yoke.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>

#include <sqlite3.h>
#include <unistd.h>

namespace {

using handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

handle open(const std::string& file, int flags) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
  handle database{opened, &sqlite3_close};
  if (status != SQLITE_OK) throw std::runtime_error{"cannot open " + file};
  return database;
}

void run(sqlite3* database, const char* statement) {
  if (sqlite3_exec(database, statement, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error{std::string{statement} + ": " + sqlite3_errmsg(database)};
  }
}

long total_of(sqlite3* database, int customer) {
  sqlite3_stmt* prepared = nullptr;
  sqlite3_prepare_v2(database, "SELECT sum(amount) FROM orders WHERE customer = ?", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> query{prepared, &sqlite3_finalize};
  sqlite3_bind_int(query.get(), 1, customer);
  if (sqlite3_step(query.get()) != SQLITE_ROW) throw std::runtime_error{sqlite3_errmsg(database)};
  return sqlite3_column_int64(query.get(), 0);
}

}  // namespace

int main() {
  std::string name = std::filesystem::temp_directory_path() / "orders.XXXXXX";
  ::close(::mkstemp(name.data()));
  run(open(name, SQLITE_OPEN_READWRITE).get(),
      "CREATE TABLE orders (customer INTEGER, amount INTEGER);"
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)"
      "INSERT INTO orders SELECT i % 100, i FROM n;"
      "CREATE INDEX by_customer ON orders (customer)");

  const yoke::worker_local<handle> database{[name] { return open(name, SQLITE_OPEN_READONLY); }};
  long all = 0;
  {
    yoke::pool pool;
    const auto total = [database](int customer) { return total_of(database.local().get(), customer); };
    for (const long each : pool.map(std::views::iota(0, 100), total)) all += each;
  }
  std::filesystem::remove(name);
  std::cout << "100 customers ordered for " << all << '\n';
}
