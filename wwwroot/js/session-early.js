// A session's page opened by its address: the curve is drawn into the page as it came, while the circuit is still being made. When
// that is there, it puts a page of its own in place of the first one; the drawing moves over, and session.js takes it.

import { createCurves } from "./curves.js";

let early = null;
// Says which session the page was opened with; there is none where one came here from another page.
const session = document.querySelector("script[data-session]")?.dataset.session;
const findChart = () => document.querySelector(".session .chart");
if (session && findChart()) begin();

function begin() {
  const curves = createCurves(findChart());
  const moves = new MutationObserver(() => {
    const chart = findChart();
    if (chart && !curves.isInPage()) curves.moveTo(chart);
  });
  moves.observe(document.body, { childList: true, subtree: true });
  const reading = readCurves(session, 1).then((iterations) => curves.append(iterations), () => {});
  early = { curves, moves, reading };
}

// The curves that were drawn early, where they are of this session, and when they will be there.
export function takeEarly(wanted, chart) {
  if (!early) return null;
  const { curves, moves, reading } = early;
  early = null;
  moves.disconnect();
  if (wanted === session) {
    curves.moveTo(chart);
    return { curves, reading };
  }
  reading.then(() => curves.dispose());
  return null;
}

export async function readCurves(of, from) {
  const response = await fetch(`/api/v1/sessions/${of}/curves?from=${from}`);
  return response.ok ? rows(await response.json()) : [];
}

function rows(columns) {
  const names = Object.keys(columns.terms);
  return columns.iteration.map((iteration, i) => ({
    iteration,
    scale: columns.scale[i],
    width: columns.width[i],
    height: columns.height[i],
    seconds: columns.seconds[i],
    total: columns.total[i],
    content: columns.content[i],
    style: columns.style[i],
    tv: columns.tv[i],
    note: columns.notes[iteration] ?? null,
    termNames: names,
    termValues: names.map((name) => columns.terms[name][i] ?? 0),
  }));
}
