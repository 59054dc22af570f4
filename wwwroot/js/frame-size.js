// How large the live frames are that are asked for: on a slow line a small picture now is worth more than a large one late.

const EDGES = [null, 320, 192]; // of Live/PreviewFrame.cs; null is all of it
const SLOW_MS = 400;
const FAST_MS = 80;
const LONGEST_PATIENCE = 64;

// They outlive the page of one session: the line is the same on the next.
let at = 0;
let fast = 0; // frames in a row
let patience = 3; // that many make the next ones larger
let hasGrown = false;

export const isFrame = (url) => url.includes("/preview/");
const placeOf = (url) => Math.max(0, EDGES.findIndex((edge) => edge !== null && url.endsWith(`?edge=${edge}`)));

// The picture that the page came with is among them.
const loads = new PerformanceObserver((list) => list.getEntries().forEach(measure));
loads.observe({ type: "resource", buffered: true });

export function sizedFor(url) {
  loads.takeRecords().forEach(measure);
  return EDGES[at] && isFrame(url) ? `${url}?edge=${EDGES[at]}` : url;
}

function measure(load) {
  // What was cached says nothing of the line, nor does the time until the server answered.
  if (isFrame(load.name) && load.transferSize > 0 && load.encodedBodySize > 0) took(placeOf(load.name), load.responseEnd - load.responseStart);
}

function took(place, ms) {
  if (ms > SLOW_MS) {
    // Larger was too much once more: longer until that is tried again.
    if (hasGrown && place === at) patience = Math.min(LONGEST_PATIENCE, 2 * patience);
    at = Math.min(EDGES.length - 1, Math.max(at, place + (ms > 3 * SLOW_MS ? 2 : 1)));
    fast = 0;
    hasGrown = false;
    return;
  }
  if (place !== at) return;
  hasGrown = false;
  fast = ms < FAST_MS ? fast + 1 : 0;
  if (at > 0 && fast >= patience) {
    at--;
    fast = 0;
    hasGrown = true;
  }
}
