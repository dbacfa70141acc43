#include <yoke/backend.hpp>
#include <yoke/version.hpp>

#include <iostream>

int main() {
  std::cout << "yoke " << yoke::version << ' ' << yoke::to_string(yoke::backend::serial) << '\n';
  return yoke::to_string(yoke::backend::serial) == "serial" ? 0 : 1;
}
