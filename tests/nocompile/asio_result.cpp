// expect: return a std::optional of it
#include <yoke/asio.hpp>

struct weight {
#ifdef MUST_NOT_COMPILE
  explicit weight(double of) : grams{of} {}
#else
  weight(double of = 0) : grams{of} {}
#endif
  double grams;
};

template <>
inline constexpr bool yoke::portable<weight> = true;

void weigh(yoke::asio_pump& pump) {
  yoke::async_submit(
      pump, [] { return weight{1}; }, [](const std::exception_ptr&, const weight&) {});
}
