// Decoded pictures at the size in which they are looked at. A picture is { id, width, height }, or { url, … } for a live preview;
// one with a `standIn` has no small copies yet, and that small picture is shown until one is made.
// Files are decoded off the main thread; the smallest copy that is sharp at the present zoom is taken, and the least used ones go.

const EDGES = [320, 640, 1280];
const BUDGET = 200 * 1024 * 1024;
const AT_ONCE = 4;
const FIRST_WAIT = 1500;
const LONGEST_WAIT = 60_000;

// Above this only the part that is looked at is kept decoded.
const WHOLE = 2304 * 2304;

export function createPictures(address = (id, edge) => `/media/${id}${edge ? `/${edge}` : ""}`) {
  const ready = new Map();
  const files = new Map();
  const failed = new Map();
  const waiting = new Map();
  let bytes = 0;
  let busy = 0;
  let seen;
  const shown = new Promise((resolve) => { seen = resolve; });

  function levelFor(picture, edge) {
    if (picture.url) return null;
    const natural = Math.max(picture.width, picture.height);
    return EDGES.find((candidate) => candidate >= edge * 0.9 && candidate < natural) ?? null;
  }

  const keyOf = (picture, level) => (picture.url ?? `${picture.id}${level ? `/${level}` : ""}`);

  // The best copy that is there for a picture shown `edge` device pixels large, and a request for a better one.
  // `view` is the part that is seen, in fractions; `again` is called when it is worth drawing once more, if `wanted` still holds.
  function best(picture, edge, view, wanted, again) {
    const level = levelFor(picture, edge);
    if (level === null && !picture.url && picture.width * picture.height > WHOLE) return detail(picture, view, wanted, again);
    const key = keyOf(picture, level);
    const exact = touch(key);
    if (exact) return exact;
    const fallback = coarser(picture) ?? standIn(picture, wanted, again);
    if (!fallback && !picture.standIn && level !== EDGES[0] && levelFor(picture, 1) === EDGES[0]) ask(keyOf(picture, EDGES[0]), address(picture.id, EDGES[0]), null, wanted, again, true);
    ask(key, picture.url ?? address(picture.id, level), null, wanted, again);
    return fallback;
  }

  // Any copy of it, the largest first.
  function coarser(picture) {
    if (picture.url) return null;
    for (const level of [null, ...[...EDGES].reverse()]) {
      const found = touch(keyOf(picture, level));
      if (found) return found;
    }
    return null;
  }

  function standIn({ standIn: small }, wanted, again) {
    if (!small) return null;
    const found = touch(small.id);
    if (!found) ask(small.id, address(small.id, null), null, wanted, again, true);
    return found;
  }

  // A very large picture: a part of it around what is seen, twice as wide and high, so that small moves need nothing new.
  function detail(picture, view, wanted, again) {
    const key = `${picture.id}#`;
    const found = touch(key);
    if (found && contains(found.part, view) && found.part.w < 4 * view.w + 0.01) return found;
    const grown = {
      x: Math.max(0, view.x - view.w / 2),
      y: Math.max(0, view.y - view.h / 2),
    };
    grown.w = Math.min(1, view.x + view.w * 1.5) - grown.x;
    grown.h = Math.min(1, view.y + view.h * 1.5) - grown.y;
    if (grown.w * grown.h * picture.width * picture.height <= WHOLE * 2) ask(key, address(picture.id, null), { picture, ...grown }, wanted, again);
    const fallback = touch(keyOf(picture, 1280)) ?? coarser(picture) ?? standIn(picture, wanted, again);
    if (!touch(keyOf(picture, 1280))) ask(keyOf(picture, 1280), address(picture.id, 1280), null, wanted, again);
    return found && contains(found.part, view) ? found : fallback;
  }

  const contains = (part, view) =>
    part.x <= view.x + 1e-6 && part.y <= view.y + 1e-6 && part.x + part.w >= view.x + view.w - 1e-6 && part.y + part.h >= view.y + view.h - 1e-6;

  function touch(key) {
    const entry = ready.get(key);
    if (!entry) return null;
    ready.delete(key);
    ready.set(key, entry);
    return entry;
  }

  // `first` where nothing of the picture is there yet: something in every pane is worth more than one pane sharp.
  function ask(key, url, part, wanted, again, first = false) {
    if (failed.get(key)?.until > performance.now()) return;
    const asked = waiting.get(key);
    if (asked?.running && !part) {
      asked.again.add(again);
      return;
    }
    if (asked && !asked.running) {
      asked.again.add(again);
      asked.wanted = wanted;
      asked.part = part;
      return;
    }
    if (asked) return;
    waiting.set(key, { url, part, wanted, again: new Set([again]), first, running: false });
    // All panes of a frame ask before the first of them is served, so that the most urgent of all goes first.
    queueMicrotask(pump);
  }

  // The newest wish first: whoever scrubs wants the last frame, not every one between.
  function pump() {
    if (busy >= AT_ONCE) return;
    const idle = [...waiting].reverse().filter(([, job]) => !job.running);
    const next = idle.findLast(([, job]) => job.first) ?? idle[0];
    if (!next) return;
    const [key, job] = next;
    if (!job.wanted()) {
      waiting.delete(key);
      pump();
      return;
    }
    job.running = true;
    busy++;
    load(key, job)
      .then(() => failed.delete(key), () => askLater(key, job))
      .finally(() => {
        busy--;
        waiting.delete(key);
        job.again.forEach((again) => again());
        if (![...waiting.values()].some((other) => other.first)) seen();
        pump();
      });
    pump();
  }

  // A line that broke for a moment leaves no pane blank; a picture that is gone is asked for ever more seldom.
  function askLater(key, job) {
    const times = (failed.get(key)?.times ?? 0) + 1;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (times - 1));
    failed.set(key, { times, until: performance.now() + wait });
    setTimeout(() => job.again.forEach((again) => again()), wait + 50);
  }

  async function load(key, job) {
    const blob = await file(job.url, job.part !== null);
    const part = job.part;
    const bitmap = part
      ? await createImageBitmap(
        blob,
        Math.round(part.x * part.picture.width), Math.round(part.y * part.picture.height),
        Math.max(1, Math.round(part.w * part.picture.width)), Math.max(1, Math.round(part.h * part.picture.height)))
      : await createImageBitmap(blob);
    drop(key);
    ready.set(key, { bitmap, part: part ? { x: part.x, y: part.y, w: part.w, h: part.h } : { x: 0, y: 0, w: 1, h: 1 } });
    bytes += bitmap.width * bitmap.height * 4;
    for (const old of [...ready.keys()]) {
      if (bytes <= BUDGET || old === key) break;
      drop(old);
    }
  }

  // Compressed files of very large pictures stay, so that a move decodes and does not fetch.
  async function file(url, keep) {
    if (files.has(url)) return files.get(url);
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const blob = await answer.blob();
    if (keep) {
      files.set(url, blob);
      if (files.size > 9) files.delete(files.keys().next().value);
    }
    return blob;
  }

  function drop(key) {
    const entry = ready.get(key);
    if (!entry) return;
    bytes -= entry.bitmap.width * entry.bitmap.height * 4;
    entry.bitmap.close();
    ready.delete(key);
  }

  return {
    best,
    // When every pane that asked has something to show.
    shown,
    get bytes() {
      return bytes;
    },
    dispose() {
      [...ready.keys()].forEach(drop);
      files.clear();
      waiting.clear();
    },
  };
}
