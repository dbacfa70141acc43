#pragma once

#include "bench/results/results.hpp"

#include <concepts>
#include <type_traits>

namespace yoke::bench {

/// is<T, Structure> holds for the structure, const or not.
template <class T, class Structure>
concept is = std::same_as<std::remove_const_t<T>, Structure>;

/// visit_fields calls field("name", member) for each member of a structure of results, in the order of the file. It is
/// the one description of the native format: writer, reader and the test of the published schema follow it.
void visit_fields(is<cpu_cache> auto& s, auto&& field) {
  field("level", s.level);
  field("kind", s.kind);
  field("bytes", s.bytes);
  field("shared_by", s.shared_by);
}

void visit_fields(is<environment> auto& s, auto&& field) {
  field("cpu_model", s.cpu_model);
  field("architecture", s.architecture);
  field("logical_cpus", s.logical_cpus);
  field("physical_cores", s.physical_cores);
  field("threads_per_core", s.threads_per_core);
  field("numa_nodes", s.numa_nodes);
  field("allowed_cpus", s.allowed_cpus);
  field("quota_cpus", s.quota_cpus);
  field("usable_cpus", s.usable_cpus);
  field("caches", s.caches);
  field("memory_bytes", s.memory_bytes);
  field("hypervisor", s.hypervisor);
  field("governor", s.governor);
  field("kernel", s.kernel);
  field("libc", s.libc);
  field("compiler", s.compiler);
  field("compiler_flags", s.compiler_flags);
  field("build_type", s.build_type);
  field("revision", s.revision);
  field("yoke_version", s.yoke_version);
}

void visit_fields(is<machine_state> auto& s, auto&& field) {
  field("load", s.load);
  field("steal", s.steal);
  field("foreign", s.foreign);
  field("cpu_pressure", s.cpu_pressure);
  field("memory_pressure", s.memory_pressure);
  field("io_pressure", s.io_pressure);
  field("throttled", s.throttled);
}

void visit_fields(is<worker_account> auto& s, auto&& field) {
  field("worker", s.worker);
  field("pid", s.pid);
  field("start", s.start);
  field("idle", s.idle);
  field("wait", s.wait);
  field("work", s.work);
  field("stop", s.stop);
  field("user", s.user);
  field("system", s.system);
  field("dispatch", s.dispatch);
  field("run_queue", s.run_queue);
  field("retried", s.retried);
  field("chunks", s.chunks);
  field("items", s.items);
  field("voluntary_switches", s.voluntary_switches);
  field("involuntary_switches", s.involuntary_switches);
  field("minor_faults", s.minor_faults);
  field("major_faults", s.major_faults);
  field("peak_memory", s.peak_memory);
  field("pss", s.pss);
}

void visit_fields(is<latencies> auto& s, auto&& field) {
  field("p50", s.p50);
  field("p90", s.p90);
  field("p99", s.p99);
  field("longest", s.longest);
}

void visit_fields(is<disturbance> auto& s, auto&& field) {
  field("steal", s.steal);
  field("foreign", s.foreign);
}

void visit_fields(is<repetition> auto& s, auto&& field) {
  field("number", s.number);
  field("order", s.order);
  field("block", s.block);
  field("begun", s.begun);
  field("start", s.start);
  field("wall", s.wall);
  field("stop", s.stop);
  field("user", s.user);
  field("system", s.system);
  field("coordinator", s.coordinator);
  field("chunks", s.chunks);
  field("bytes_in", s.bytes_in);
  field("bytes_out", s.bytes_out);
  field("items_failed", s.items_failed);
  field("items_rerun", s.items_rerun);
  field("workers_lost", s.workers_lost);
  field("pss", s.pss);
  field("peak_memory", s.peak_memory);
  field("hash", s.hash);
  field("error", s.error);
  field("disturbed", s.disturbed);
  field("chunk", s.chunk);
  field("workers", s.workers);
  field("spans", s.spans);
}

void visit_fields(is<workload_record> auto& s, auto&& field) {
  field("name", s.name);
  field("title", s.title);
  field("about", s.about);
  field("kind", s.kind);
  field("size", s.size);
  field("items", s.items);
  field("item", s.item);
  field("item_seconds", s.item_seconds);
  field("hash", s.hash);
  field("expected", s.expected);
}

void visit_fields(is<cell> auto& s, auto&& field) {
  field("workload", s.workload);
  field("backend", s.backend);
  field("workers", s.workers);
  field("shows", s.shows);
  field("items", s.items);
  field("chunk", s.chunk);
  field("error", s.error);
  field("repetitions", s.repetitions);
}

void visit_fields(is<plan> auto& s, auto&& field) {
  field("command", s.command);
  field("begun", s.begun);
  field("seconds", s.seconds);
  field("seed", s.seed);
  field("repetitions", s.repetitions);
  field("warm_ups", s.warm_ups);
  field("noise", s.noise);
  field("budget", s.budget);
  field("finished", s.finished);
}

void visit_fields(is<ceiling_point> auto& s, auto&& field) {
  field("workers", s.workers);
  field("seconds", s.seconds);
}

void visit_fields(is<results> auto& s, auto&& field) {
  field("schema", s.schema);
  field("plan", s.plan);
  field("environment", s.environment);
  field("before", s.before);
  field("after", s.after);
  field("ceiling", s.ceiling);
  field("workloads", s.workloads);
  field("cells", s.cells);
  field("warnings", s.warnings);
}

}  // namespace yoke::bench
