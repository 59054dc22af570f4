// The frames of a run: scrubbed, or played as a time-lapse. The picture and the marker on the curves move together.

import { keep, kept } from "./address.js";

const LONGEST_PLAY_SECONDS = 14;
const REFRESH_MS = 2500;

// `picture` is what the page came with: the result of a run that has ended, which nothing will be shown after.
export function createTimeline(root, session, viewer, curves, picture = null) {
  const range = root.querySelector("input[type=range]");
  const label = root.querySelector("output");
  const play = root.querySelector("[data-play]");
  const newest = root.querySelector("[data-newest]");
  const fork = root.querySelector("[data-fork]");
  const texts = root.dataset;
  let frames = [];
  let at = null; // null follows the run
  let live = picture;
  let timer = 0;
  let read = 0;
  let reading = null;

  function readFrames() {
    read = performance.now();
    reading ??= fetch(`/api/v1/sessions/${session}/frames`)
      .then((response) => (response.ok ? response.json() : frames))
      .then((list) => {
        frames = list;
        range.max = Math.max(0, frames.length - 1);
        if (at === null) range.value = range.max;
        root.hidden = frames.length < 2;
      })
      .catch(() => {})
      .finally(() => (reading = null));
    return reading;
  }

  function seek(index) {
    if (frames.length === 0) return;
    at = Math.max(0, Math.min(frames.length - 1, index));
    const frame = frames[at];
    range.value = at;
    label.textContent = texts.at.replace("{0}", frame.iteration);
    range.setAttribute("aria-valuetext", label.textContent);
    viewer.show(frame.url);
    curves.mark(frame.iteration);
    keep({ at: String(frame.iteration) });
    fork.href = `/?from=${session}&at=${frame.iteration}`;
    newest.hidden = false;
    fork.hidden = false;
  }

  function follow() {
    stop();
    at = null;
    keep({ at: null });
    range.value = range.max;
    label.textContent = texts.now;
    range.setAttribute("aria-valuetext", texts.now);
    newest.hidden = true;
    fork.hidden = true;
    curves.mark(null);
    if (live) viewer.show(live);
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.setAttribute("aria-pressed", "false");
    play.setAttribute("aria-label", texts.play);
  }

  async function start() {
    await readFrames();
    if (frames.length < 2) return;
    if (at === null || at >= frames.length - 1) seek(0);
    play.setAttribute("aria-pressed", "true");
    play.setAttribute("aria-label", texts.stop);
    const perSecond = Math.min(24, Math.max(8, frames.length / LONGEST_PLAY_SECONDS));
    timer = setInterval(() => {
      if (at >= frames.length - 1) {
        follow();
        return;
      }
      for (let i = 1; i <= 4 && at + i < frames.length; i++) new Image().src = frames[at + i].url;
      seek(at + 1);
    }, 1000 / perSecond);
  }

  range.addEventListener("input", () => {
    stop();
    seek(Number(range.value));
  });
  range.addEventListener("pointerdown", readFrames);
  range.addEventListener("focus", readFrames);
  play.addEventListener("click", () => (timer ? stop() : start()));
  newest.addEventListener("click", follow);
  curves.onPick(seekIteration);
  label.textContent = texts.now;
  const first = kept("at");
  if (first === null) readFrames();
  else seekIteration(Number(first));

  async function seekIteration(iteration) {
    await readFrames();
    const index = frames.findLastIndex((frame) => frame.iteration <= iteration);
    stop();
    seek(Math.max(0, index));
  }

  return {
    // The newest picture of the run; shown unless somebody looks at an earlier one.
    show(url) {
      live = url;
      if (at === null) viewer.show(url);
      if (performance.now() - read > REFRESH_MS) readFrames();
    },
    refresh: readFrames,
    follow,
    dispose: () => clearInterval(timer),
  };
}
