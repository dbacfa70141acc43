#pragma once

// Everything a program needs: one include, one object.
//
//     #include <yoke/yoke.hpp>
//     yoke::pool pool;

#include <yoke/async_stream.hpp>
#include <yoke/backend.hpp>
#include <yoke/blocks.hpp>
#include <yoke/capabilities.hpp>
#include <yoke/codec.hpp>
#include <yoke/cpu.hpp>
#include <yoke/errors.hpp>
#include <yoke/future.hpp>
#include <yoke/inclusive_scan.hpp>
#include <yoke/insights.hpp>
#include <yoke/interrupt_guard.hpp>
#include <yoke/mapped_file.hpp>
#include <yoke/options.hpp>
#include <yoke/outcome.hpp>
#include <yoke/pool.hpp>
#include <yoke/portable.hpp>
#include <yoke/progress.hpp>
#include <yoke/random.hpp>
#include <yoke/shared_array.hpp>
#include <yoke/shared_value.hpp>
#include <yoke/sort.hpp>
#include <yoke/stop_requested.hpp>
#include <yoke/stream.hpp>
#include <yoke/stream_options.hpp>
#include <yoke/task.hpp>
#include <yoke/when.hpp>
#include <yoke/worker_entry.hpp>
#include <yoke/worker_local.hpp>
#include <yoke/zip.hpp>
