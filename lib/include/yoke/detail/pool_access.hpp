#pragma once

namespace yoke {
inline namespace v0 {
class pool;
}  // namespace v0
}  // namespace yoke

namespace yoke::detail {

class pool_core;

/// pool_access lets what is built on top of a pool reach its core.
struct pool_access {
  template <class Pool>
  static pool_core& core(const Pool& of) {
    return of.core();
  }
};

}  // namespace yoke::detail
