#pragma once

namespace yoke {
inline namespace v0 {

/// worker_entry must be the first statement of main in a program that has pools with start::exec, and in one that is
/// named as pool_options.worker_program:
///
///     int main(int argc, char** argv) {
///       yoke::worker_entry(argc, argv);
///       ...
///     }
///
/// Such a pool executes the program a second time. There, worker_entry becomes the pool's supervisor, whose forks are
/// the workers, and never returns; what stands behind it is never run, and what runs before main runs there, too.
/// Everywhere else it returns at once.
///
/// Workers get the environment that the program has at this call: afterwards, threads might be changing it.
void worker_entry(int argc, char** argv);

}  // namespace v0
}  // namespace yoke
