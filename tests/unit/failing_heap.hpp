#pragma once

namespace yoke_test {

/// failing_heap makes one allocation of this thread fail: the linker puts `operator new` of all that is linked in here
/// through failing_heap.cpp (see the options of this program).
class failing_heap {
 public:
  /// arm lets the `nth` allocation from now on throw std::bad_alloc, counted from 1.
  static void arm(int nth);

  /// disarm lets all succeed again. Returns whether one has failed since arm().
  static bool disarm();
};

}  // namespace yoke_test
