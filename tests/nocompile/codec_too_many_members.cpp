// expect: more than 100 members
#include <yoke/codec.hpp>

#include <string>

struct ten {
  std::string a, b, c, d, e, f, g, h, i, j;
};

#ifdef MUST_NOT_COMPILE
struct wide {
  std::string a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, a1, b1, c1, d1, e1, f1, g1, h1, i1, j1;
  std::string a2, b2, c2, d2, e2, f2, g2, h2, i2, j2, a3, b3, c3, d3, e3, f3, g3, h3, i3, j3;
  std::string a4, b4, c4, d4, e4, f4, g4, h4, i4, j4, a5, b5, c5, d5, e5, f5, g5, h5, i5, j5;
  std::string a6, b6, c6, d6, e6, f6, g6, h6, i6, j6, a7, b7, c7, d7, e7, f7, g7, h7, i7, j7;
  std::string a8, b8, c8, d8, e8, f8, g8, h8, i8, j8, a9, b9, c9, d9, e9, f9, g9, h9, i9, j9;
  std::string one_too_many;
};
#else
struct wide {
  ten t0, t1, t2, t3, t4, t5, t6, t7, t8, t9;
  std::string one_more;
};
#endif

void send(yoke::byte_sink& out, const wide& value) { yoke::encode(out, value); }
