#include <cstdlib>
#include <thread>

namespace {

/// Crashes while it is loaded, in a thread that whoever holds the loader's lock waits for.
const struct crashing {
  crashing() {
    std::thread{[] { std::abort(); }}.join();
  }
} loaded;

}  // namespace
