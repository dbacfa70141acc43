#pragma once

/// ThreadSanitizer of GCC 12 does not know pthread_mutex_clocklock and sem_clockwait: these say what they did. They do
/// nothing in other builds.
#ifdef __SANITIZE_THREAD__

#include <sanitizer/tsan_interface.h>

namespace yoke::detail {

inline void tsan_before_lock(void* mutex) { __tsan_mutex_pre_lock(mutex, 0); }
inline void tsan_after_lock(void* mutex) { __tsan_mutex_post_lock(mutex, 0, 0); }
inline void tsan_after_failed_lock(void* mutex) { __tsan_mutex_post_lock(mutex, __tsan_mutex_try_lock_failed, 0); }
inline void tsan_acquire(void* address) { __tsan_acquire(address); }

}  // namespace yoke::detail

#else

namespace yoke::detail {

inline void tsan_before_lock(void*) {}
inline void tsan_after_lock(void*) {}
inline void tsan_after_failed_lock(void*) {}
inline void tsan_acquire(void*) {}

}  // namespace yoke::detail

#endif
