// A program that does not call worker_entry and constructs a pool with start::exec: of itself, or of the program named.

#include <yoke/yoke.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  try {
    yoke::pool pool{{.workers = 1, .start = yoke::start::exec, .worker_program = argc > 1 ? argv[1] : ""}};
  } catch (const yoke::start_error& error) {
    std::puts(error.what());
    return 3;
  }
  return 0;
}
