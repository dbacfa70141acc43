#pragma once

#include <string>
#include <string_view>

namespace yoke::bench {

/// tidy_svg turns what gnuplot wrote into a part of a page: with a title and a description for readers of the page,
/// names that are unique by `id`, colours and fonts of the page's style, and without what all plots share. Returns an
/// empty text for what is no whole SVG.
std::string tidy_svg(std::string_view from, const std::string& id, const std::string& title,
                     const std::string& description);

/// shared_symbols is what tidied plots refer to: the shapes of points. It belongs once into the page.
std::string shared_symbols();

}  // namespace yoke::bench
