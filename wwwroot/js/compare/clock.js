// Puts several runs at the same moment: the same iteration, seconds, evaluations or loss. A run is as /api/v1/comparison gives it.

export const MODES = ["iteration", "seconds", "evaluations", "loss"];

export const axisOf = (run, mode) => (mode === "seconds" ? run.trace.seconds : mode === "evaluations" ? run.trace.evaluations : run.trace.iterations);

// The loss from which a run never rises again: across the scales of a pyramid the loss itself jumps up and down.
export function settled(run) {
  const total = run.trace.terms.total ?? [];
  const out = new Array(total.length);
  let most = -Infinity;
  for (let i = total.length - 1; i >= 0; i--) {
    most = Math.max(most, total[i] ?? Infinity);
    out[i] = most;
  }
  return out;
}

// The ends of the handle's way, over all runs.
export function rangeOf(runs, mode) {
  if (mode === "loss") {
    const ends = runs.map(settled).filter((curve) => curve.length > 0);
    const highest = Math.max(...ends.map((curve) => curve.find(Number.isFinite) ?? 0));
    const lowest = Math.min(...ends.map((curve) => curve.at(-1)).filter((value) => value > 0));
    return ends.length === 0 || !Number.isFinite(lowest) || !(highest > 0) ? [0, 0] : [highest, lowest];
  }
  const ends = runs.map((run) => axisOf(run, mode).at(-1) ?? 0);
  return [0, Math.max(0, ...ends)];
}

// The handle at a fraction of its way. Losses go by factors.
export function valueAt([from, to], mode, fraction) {
  if (mode === "loss") return from > 0 && to > 0 ? from * Math.pow(to / from, fraction) : 0;
  return from + (to - from) * fraction;
}

// Which iteration a run is at; null where it has none.
export function iterationAt(run, mode, value) {
  const iterations = run.trace.iterations;
  if (iterations.length === 0) return null;
  if (mode === "loss") {
    const curve = settled(run);
    const at = curve.findIndex((loss) => loss <= value * (1 + 1e-6));
    return at < 0 ? iterations.at(-1) : iterations[at];
  }
  const axis = axisOf(run, mode);
  let low = 0;
  let high = axis.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (axis[middle] <= value + 1e-9) low = middle;
    else high = middle - 1;
  }
  return iterations[low];
}

// The frame nearest to an iteration; the newest picture at and beyond the end.
export function frameAt(run, iteration) {
  const last = run.trace.iterations.at(-1) ?? 0;
  if (iteration === null || iteration >= last || run.frames.length === 0) return newest(run);
  let near = run.frames[0];
  for (const frame of run.frames) {
    if (Math.abs(frame.iteration - iteration) < Math.abs(near.iteration - iteration)) near = frame;
  }
  return near;
}

export const newest = (run) => run.preview ?? run.picture ?? run.frames.at(-1) ?? null;
