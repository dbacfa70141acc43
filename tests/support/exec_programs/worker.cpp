#include <yoke/worker_entry.hpp>

#include "tasks.hpp"

int main(int argc, char** argv) {
  yoke::worker_entry(argc, argv);
  return times_three({.backend = yoke::backend::serial}, {1, 2}).back() == 6 ? 0 : 1;  // so that it is linked
}
