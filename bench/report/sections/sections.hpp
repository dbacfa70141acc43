#pragma once

#include "bench/report/baseline.hpp"
#include "bench/report/document.hpp"
#include "bench/statistics/analysis.hpp"

#include <optional>

namespace yoke::bench {

/// The sections of a report, in their order. Each says what it lacks rather than being left out.

section verdict_section(const analysis& of);
section setup_section(const analysis& of);
section method_section(const analysis& of);
section strong_section(const analysis& of);
section weak_section(const analysis& of);
section losses_section(const analysis& of);
section overheads_section(const analysis& of);
section grain_section(const analysis& of);
section distributions_section(const analysis& of);
section timeline_section(const analysis& of);
section models_section(const analysis& of);
section correctness_section(const analysis& of);
section warnings_section(const analysis& of);
section baseline_section(const analysis& of, const std::optional<comparison>& with);
section raw_section(const analysis& of);

/// write_document puts all of them together.
document write_document(const analysis& of, const std::optional<comparison>& with);

/// figures_of lists the figures of a document that have something to draw.
std::vector<figure*> figures_of(document& of);

}  // namespace yoke::bench
