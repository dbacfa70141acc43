#include <yoke/detail/driver.hpp>

#include <chrono>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace yoke::detail;

namespace {

/// gone is a pool that is not there any more.
class gone final : public driver {
 public:
  driven drive(std::chrono::steady_clock::time_point /*until*/, const std::function<bool()>& done) override {
    ++asked;
    return done() ? driven::done : driven::gone;
  }
  void look_again() noexcept override {}

  int asked = 0;
};

/// dropped drops the reference that the test has.
struct dropped {
  void operator()(gone* one) const { one->drop_reference(); }
};
using gone_pointer = std::unique_ptr<gone, dropped>;

}  // namespace

TEST(driver_set, sleeps_where_all_pools_are_gone) {
  for (const int pools : {1, 2}) {
    driver_set all;
    const gone_pointer first{new gone};
    const gone_pointer second{new gone};
    all.add(*first);
    if (pools == 2) all.add(*second);
    EXPECT_FALSE(all.drive(std::chrono::steady_clock::now() + 20ms, [] { return false; }));
    EXPECT_LE(first->asked, 21) << "a millisecond each";
  }
}

TEST(driver_set, sees_what_is_made_elsewhere_when_all_pools_are_gone) {
  driver_set all;
  const gone_pointer one{new gone};
  all.add(*one);
  int left = 3;
  EXPECT_TRUE(all.drive(std::chrono::steady_clock::time_point::max(), [&left] { return --left == 0; }));
}
