#pragma once

#include "bench/workloads/workload.hpp"

namespace yoke::bench {

workload nas_ep();
workload primes();
workload mandelbrot_rows();
workload queens();
workload n_body();
workload black_scholes();
workload matrix();
workload k_means();
workload file_hash();
workload sum();
workload sort();
workload empty_task();
workload spin_1us();
workload spin_10us();
workload spin_100us();
workload spin_1ms();
workload skynet();
workload fibonacci_calls();
workload page_faults();
workload allocator();
workload interpreter();
workload password_hash();
workload crashing();
workload large_results();
workload shared_table();
workload sleep();
workload file_sync();
workload mutex_lock();
workload spin_lock();
workload long_last_task();
workload slow_source();
workload race();
workload deadlock();
workload livelock();
workload philosophers();

}  // namespace yoke::bench
