#pragma once

namespace yoke::bench {

/// machine_load is what the CPUs did while we slept: `foreign` is the share used by other programs, `withheld` the
/// share that the hypervisor gave to other guests (steal).
struct machine_load {
  double foreign = 0;
  double withheld = 0;

  /// now measures for a quarter of a second. Nothing of ours may be running.
  static machine_load now();
};

}  // namespace yoke::bench
