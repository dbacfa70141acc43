#pragma once

#include "sys/file_descriptor.hpp"

#include <sys/types.h>

namespace yoke::bench {

/// group_keeper is a process that outlives this program for a moment, should it be killed, and kills the process groups
/// it was told to keep. The kernel itself ends only children, not what they have started.
class group_keeper {
 public:
  group_keeper();
  group_keeper(const group_keeper&) = delete;
  group_keeper& operator=(const group_keeper&) = delete;
  /// Nothing is killed when the object goes.
  ~group_keeper();

  void keep(pid_t group) const;
  /// forget takes a group that has ended: its number may become another's.
  void forget(pid_t group) const;

 private:
  detail::file_descriptor orders_;
  pid_t pid_ = -1;
};

}  // namespace yoke::bench
