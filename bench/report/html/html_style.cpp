#include "bench/report/html/html_page.hpp"

namespace yoke::bench {

std::string_view html_style() {
  return R"css(:root {
  color-scheme: light dark;
  --paper: #fdfcf9; --raised: #f5f2ea; --text: #1d1b18; --muted: #5f5a52; --rule: #ddd7ca; --grid: #e4dfd3;
  --processes: #14508c; --threads: #a8430f; --serial: #57534a; --ideal: #8a8478; --ceiling: #3d6b3a; --warn: #8a4b00;
  --warn-back: #fbf0da; --link: #14508c;
  --part-0: #9fb8d2; --part-1: #a8430f; --part-2: #6b3f8f; --part-3: #14508c; --part-4: #8a8478; --part-5: #0f6e68;
  --part-6: #8c1f4b; --part-7: #6d6116; --part-8: #3d6b3a; --part-9: #b3261e;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", "Palatino Linotype", Palatino, Georgia, "DejaVu Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16171a; --raised: #1f2126; --text: #e8e5de; --muted: #aaa69c; --rule: #373a41; --grid: #2e3138;
    --processes: #86b9f0; --threads: #f0a070; --serial: #bcb7ab; --ideal: #8f8b82; --ceiling: #8fc48a; --warn: #f2c078;
    --warn-back: #33291a; --link: #9cc6f5;
    --part-0: #3f5f80; --part-1: #f0a070; --part-2: #c39be6; --part-3: #86b9f0; --part-4: #a09b90; --part-5: #6cc4bc;
    --part-6: #ee86ae; --part-7: #d3c567; --part-8: #8fc48a; --part-9: #f28b82;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--text); font: 1rem/1.55 var(--sans); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 88rem; padding: 0 clamp(1rem, 3.5vw, 3.5rem) 4rem; }
.symbols { position: absolute; }
header { padding: 2.5rem 0 1rem; border-bottom: 2px solid var(--text); }
.mark { margin: 0; font-size: .8125rem; letter-spacing: .08em; text-transform: uppercase; color: var(--muted); }
h1, h2, h3, .summary, .backend, .speedup { font-family: var(--serif); }
h1 { margin: .1em 0 .1em; font-size: clamp(2rem, 5vw, 3.25rem); line-height: 1.1; font-weight: 600; letter-spacing: -.01em; }
.subtitle { margin: .25rem 0 .5rem; color: var(--muted); }
h2 { margin: 3.5rem 0 1rem; font-size: clamp(1.375rem, 2.6vw, 1.75rem); line-height: 1.2; font-weight: 600; border-top: 1px solid var(--rule); padding-top: 1.25rem; }
#verdict h2 { border: 0; margin-top: 1.25rem; padding: 0; }
.number { color: var(--muted); font-weight: 400; margin-right: .35em; font-variant-numeric: lining-nums; }
p { max-width: 44rem; margin: .6rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.summary { font-size: clamp(1.25rem, 2.4vw, 1.625rem); line-height: 1.35; max-width: 52rem; margin: 0 0 1.25rem; }
.aside { color: var(--muted); }
.warning { background: var(--warn-back); border-left: 4px solid var(--warn); padding: .6rem .9rem; max-width: 52rem; }
.warning strong { color: var(--warn); margin-right: .3em; }
.verdicts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem; }
.verdict { background: var(--raised); border-top: 5px solid var(--serial); padding: 1rem 1.15rem 1.1rem; min-width: 0; }
.verdict.process { border-top-color: var(--processes); }
.verdict.thread { border-top: 5px dashed var(--threads); }
.verdict.none { border-top: 5px dotted var(--warn); }
.verdict h3 { margin: 0; font-size: 1.125rem; line-height: 1.3; font-weight: 600; }
.verdict .about { margin: .1rem 0 .6rem; color: var(--muted); font-size: .875rem; line-height: 1.45; }
.use { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; margin: 0; }
.backend { font-size: 1.5rem; font-weight: 600; line-height: 1.2; }
.process .backend, .process .speedup { color: var(--processes); }
.thread .backend, .thread .speedup { color: var(--threads); }
.speedup { font-size: 1.75rem; font-weight: 600; line-height: 1.2; font-variant-numeric: lining-nums tabular-nums; }
.bounds { margin: 0; color: var(--muted); font-size: .875rem; font-variant-numeric: tabular-nums; }
.reason { margin: .5rem 0; }
dl { margin: .6rem 0 0; }
dl div { display: grid; grid-template-columns: 7rem 1fr; gap: .75rem; padding: .35rem 0; border-top: 1px solid var(--rule); font-size: .9375rem; line-height: 1.45; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd small { display: block; color: var(--muted); font-size: .8125rem; }
nav { margin: 2.25rem 0 0; border-top: 1px solid var(--rule); padding-top: 1rem; }
nav ol { columns: 20rem auto; gap: 2.5rem; margin: 0; padding-left: 1.75rem; }
nav li { padding: .15rem 0; break-inside: avoid; }
nav li::marker { color: var(--muted); }
pre { background: var(--raised); padding: .8rem 1rem; overflow-x: auto; max-width: 100%; font: .875rem/1.5 var(--mono); }
.frame { overflow-x: auto; margin: 1.1rem 0; max-width: max-content; }
.frame:focus { outline-offset: 0; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums; }
.caption { font-weight: 600; margin: 1.6rem 0 .3rem; font-size: .9375rem; }
.caption + .frame { margin-top: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: .32rem 1.1rem .32rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th { font-weight: 400; }
thead th { color: var(--muted); border-bottom: 1px solid var(--text); vertical-align: bottom; font-size: .8125rem; }
tbody th { white-space: nowrap; }
td { max-width: 34rem; }
td.short { white-space: nowrap; }
th.figure, td.figure { text-align: right; white-space: nowrap; padding-left: .4rem; }
thead th.figure { white-space: normal; }
tr > :last-child { padding-right: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 23rem), 1fr)); gap: 1.75rem 2.25rem; margin: 1.5rem 0 2.25rem; align-items: start; }
figure { margin: 0; min-width: 0; max-width: 38rem; break-inside: avoid; }
figcaption strong { display: block; font-weight: 600; line-height: 1.35; }
figcaption span { display: block; color: var(--muted); font-size: .8125rem; line-height: 1.45; min-height: 2.4em; }
.plot svg { display: block; width: 100%; height: auto; font-family: var(--sans); color: var(--text); margin: .35rem 0 0; }
summary { cursor: pointer; color: var(--link); font-size: .875rem; padding: .3rem 0; }
details .frame { margin: .3rem 0 .8rem; }
.raw a { font-weight: 600; }
.raw span { color: var(--muted); }
footer { margin-top: 3.5rem; border-top: 2px solid var(--text); color: var(--muted); font-size: .875rem; }
@media (max-width: 40rem) {
  dl div { grid-template-columns: 1fr; gap: 0; }
  h2 { margin-top: 2.5rem; }
  figcaption span { min-height: 0; }
}
@media print {
  :root { --paper: #fff; --raised: #fff; --text: #000; --muted: #444; }
  html { font-size: 9.5pt; }
  nav, .raw { display: none; }
  .verdict { border: 1px solid var(--rule); break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .frame { overflow: visible; }
}
)css";
}

}  // namespace yoke::bench
