#pragma once

#include "bench/results/unknown.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// cpu_cache is one cache of the first allowed CPU.
struct cpu_cache {
  int level = 0;
  std::string kind;      ///< "data", "instruction" or "unified"
  double bytes = 0;      ///< its size
  double shared_by = 0;  ///< how many logical CPUs use it
};

/// environment is the machine and the build that results come from. A text is empty, a number NaN, where the system
/// does not tell.
struct environment {
  std::string cpu_model;            ///< as /proc/cpuinfo names it
  std::string architecture;         ///< "x86_64"
  double logical_cpus = unknown;    ///< online, whether we may use them or not
  double physical_cores = unknown;  ///< distinct cores among the allowed CPUs
  double threads_per_core = unknown;
  double numa_nodes = unknown;
  std::vector<int> allowed_cpus;  ///< numbers of the CPUs in the affinity mask
  double quota_cpus = unknown;    ///< CPU quota of the control groups, in CPUs
  double usable_cpus = unknown;   ///< what follows from mask and quota: how many workers can run at once
  std::vector<cpu_cache> caches;
  double memory_bytes = unknown;
  std::string hypervisor;  ///< "KVM"; empty on bare metal
  std::string governor;    ///< "performance"
  std::string kernel;      ///< "Linux 6.1.0"
  std::string libc;        ///< "glibc 2.36"
  std::string compiler;
  std::string compiler_flags;
  std::string build_type;
  std::string revision;  ///< of the source, where it was built from a repository
  std::string yoke_version;
};

/// machine_state is how busy the machine was at one moment, measured while nothing of ours ran.
struct machine_state {
  double load = unknown;             ///< average over one minute
  double steal = unknown;            ///< share of the allowed CPUs that the hypervisor gave to others, 0 to 1
  double foreign = unknown;          ///< share of the allowed CPUs that other processes used, 0 to 1
  double cpu_pressure = unknown;     ///< "some avg10" of /proc/pressure/cpu, as a share from 0 to 1
  double memory_pressure = unknown;  ///< the same of memory
  double io_pressure = unknown;      ///< the same of io
  double throttled = unknown;        ///< times the control group or the CPU was throttled since the run began
};

}  // namespace yoke::bench
