#pragma once

namespace yoke::detail {

/// prepare_traces loads what a trace needs, which no signal handler may do. Forked children have it as well.
void prepare_traces();

/// trace_signals has the calling thread write to standard error, when a signal of a crash, SIGTERM or SIGALRM is about
/// to end it, which calls it is in, the innermost last; those that it is in now already are left out. It ends by the
/// same signal as without: then core dump, status and blame are the same. Stack overflows included: there is a stack
/// for this.
void trace_signals();

/// trace_signal does it for one signal, whatever a task has done to it since.
void trace_signal(int signal);

}  // namespace yoke::detail
