// expect: keep it in a variable and give \{.progress = std::ref\(variable\)\}
#include <yoke/progress.hpp>

#include <functional>
#include <string>

void show(std::string name) {
  auto told = [name](const yoke::progress_report&) {};
#ifdef MUST_NOT_COMPILE
  const yoke::progress_callback callback{told};
#else
  const yoke::progress_callback callback{std::ref(told)};
#endif
  callback({});
}
