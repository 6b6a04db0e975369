import { referenceName } from "../figures/marks.js";

/** Of the pages: light and dark, narrow and wide, screen and paper. */
export const pageStyle: string = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1b1f24; --soft: #5b6570; --line: #d5dae0; --wash: #f5f7f9; --link: #0a5fa8;
  --bad: #a40e26; --word: #8a3ab9; --text: #0a6640; --number: #9a4a00; --name: #0a5fa8; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e3e7eb; --soft: #9aa5b1; --line: #343b42; --wash: #1c2126;
  --link: #6cb6ff; --bad: #ff8c8c; --word: #d2a8ff; --text: #7ddb9f; --number: #f0a868; --name: #79c0ff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, "DejaVu Sans", Verdana, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 0.6rem; }
h1 { font-size: 1.8rem; margin-top: 0.5rem; } h2 { font-size: 1.3rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem; } h3 { font-size: 1.1rem; }
p, ul, ol { margin: 0.7rem 0; }
a { color: var(--link); }
blockquote { margin: 0.7rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
math[display="block"] { overflow-x: auto; overflow-y: hidden; padding: 0.3rem 0; }
pre, code { font: 0.85rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { margin: 0.6rem 0; padding: 0.6rem 0.8rem; background: var(--wash); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
:not(pre) > code { background: var(--wash); padding: 0.1em 0.3em; border-radius: 4px; }
pre.stdout { background: none; padding: 0 0.8rem; border-left: 3px solid var(--line); border-radius: 0; }
pre.stderr { border-left: 3px solid var(--number); border-radius: 0; }
pre.error { color: var(--bad); border-left: 3px solid var(--bad); border-radius: 0; }
details { margin: 0.6rem 0; } summary { cursor: pointer; color: var(--soft); font-size: 0.85rem; }
figure { margin: 1rem 0; overflow-x: auto; }
figure img, figure svg { max-width: 100%; height: auto; display: block; margin: 0 auto; }
.drawn { text-align: center; }
.vega-bindings { display: flex; flex-wrap: wrap; justify-content: center; gap: 0.3rem 1.5rem; font-size: 0.85rem; color: var(--soft); }
.vega-bind label { display: flex; align-items: center; gap: 0.5rem; } .vega-bind label > span:last-child { min-width: 2.5em; text-align: right; }
figure.live svg { touch-action: pan-y; }
header { max-width: 46rem; margin: 0 auto; padding: 0.8rem 1rem 0; } nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.9rem; }
.cards { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; }
.cards li { border: 1px solid var(--line); border-radius: 8px; padding: 0.8rem; } .cards p { margin: 0.4rem 0 0; font-size: 0.85rem; color: var(--soft); }
.cards img { display: block; width: 100%; height: 9rem; object-fit: contain; margin-bottom: 0.5rem; }
.drawn :is(.role-axis-label, .role-axis-title, .role-legend-label, .role-legend-title, .role-title-text, .role-title-subtitle, [class*="${referenceName}"]) text { fill: var(--soft); }
.table { overflow-x: auto; margin: 0.8rem 0; container-type: inline-size; background: linear-gradient(to right, var(--ground) 30%, transparent) left / 3rem 100% local,
  linear-gradient(to left, var(--ground) 30%, transparent) right / 3rem 100% local, linear-gradient(to right, var(--line), transparent) left / 1rem 100%,
  linear-gradient(to left, var(--line), transparent) right / 1rem 100%; background-repeat: no-repeat; }
.table:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; position: sticky; left: 0; max-width: 100cqi; }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
.prose th, .prose td { white-space: normal; }
@media (max-width: 30rem) { .prose th, .prose td { font-size: 0.75rem; padding: 0.2rem 0.25rem; } }
tfoot td { color: var(--soft); border: 0; }
.hljs-keyword, .hljs-literal, .hljs-built_in { color: var(--word); } .hljs-string, .hljs-regexp { color: var(--text); }
.hljs-number { color: var(--number); } .hljs-title, .hljs-attr, .hljs-type { color: var(--name); } .hljs-comment { color: var(--soft); }
@media print { :root { --ground: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #f5f5f5; color-scheme: light; }
  main { max-width: none; padding: 0; } figure, table, pre { break-inside: avoid; } h1, h2, h3 { break-after: avoid; }
  header, .vega-bindings { display: none; } .table { overflow: visible; } table { font-size: 0.7rem; } th, td { padding: 0.15rem 0.4rem; }
  details:not([open]) { display: none; } }
`.trim();
