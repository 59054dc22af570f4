// A gallery of any length, of which only the cards around what is seen are on the page. Every card is as high as the others, so the
// others' room is known; they are asked for while they are still some windows away, and put in place before the page is painted.

import { keep } from "./address.js";

// In heights of the window, before and after what is seen.
const ASK_WITHIN = 2;
const ASK_FOR = 4;

// `first` is the card that is to be seen first.
export function keepRoom(gallery, owner, first) {
  const abort = new AbortController();
  const on = (target, type, handler, options) => target.addEventListener(type, handler, { signal: abort.signal, ...options });
  let seen = 0;
  let frame = 0;
  let asking = false;
  let asked = "";

  const shown = () => ["start", "count", "total"].map((name) => Number(gallery.dataset[name]));

  function grid() {
    const card = gallery.isConnected && gallery.querySelector(".card");
    if (!card) return null;
    const style = getComputedStyle(gallery);
    const gap = parseFloat(style.rowGap);
    const columns = style.gridTemplateColumns.split(" ");
    return { columns: columns.length, width: parseFloat(columns[0]), row: card.getBoundingClientRect().height + gap };
  }

  function arrange() {
    const cells = grid();
    if (!cells) return;
    const [start, count, total] = shown();
    const rows = (cards) => Math.ceil(cards / cells.columns);
    const set = (name, pixels) => gallery.style.setProperty(name, `${pixels}px`);
    set("--before", rows(start) * cells.row);
    set("--after", Math.max(0, rows(total) - rows(start) - rows(count)) * cells.row);
    set("--cell", cells.width);
    set("--row", cells.row);
  }

  const soon = () => (frame ||= requestAnimationFrame(look));
  const top = () => -gallery.getBoundingClientRect().top;

  function look() {
    frame = 0;
    const cells = grid();
    if (!cells) return;
    const [start, count, total] = shown();
    const from = Math.max(0, Math.floor(top() / cells.row));
    const rows = Math.ceil(innerHeight / cells.row) + 1;
    seen = Math.max(0, Math.round(top() / cells.row)) * cells.columns;
    keep({ at: seen > 0 ? String(seen) : null });
    const begin = (within) => Math.max(0, from - within * rows) * cells.columns;
    const end = (within) => Math.min(total, (from + (1 + within) * rows) * cells.columns);
    const isEnough = start % cells.columns === 0 && start <= begin(ASK_WITHIN) && start + count >= end(ASK_WITHIN);
    if (!isEnough) ask(begin(ASK_FOR), end(ASK_FOR) - begin(ASK_FOR));
  }

  async function ask(from, count) {
    const wish = `${from} ${count}`;
    if (asking || wish === asked) return;
    asking = true;
    asked = wish;
    await owner.invokeMethodAsync("OnWanted", from, count).catch((error) => console.warn(error));
    asking = false;
    // It went on while these came.
    if (!abort.signal.aborted) look();
  }

  function place(index) {
    const cells = grid();
    if (!cells) return;
    arrange();
    const wanted = Math.floor(index / cells.columns) * cells.row;
    // At the beginning the page's head is seen, too.
    if (index > 0) scrollBy({ top: wanted - top(), behavior: "instant" });
    look();
  }

  const changes = new MutationObserver(() => {
    arrange();
    asked = "";
    soon();
  });
  changes.observe(gallery, { attributes: true, attributeFilter: ["data-start", "data-count", "data-total"] });
  on(window, "scroll", soon, { passive: true });
  // As many columns as there is room for: what was seen first is seen first. A phone's address bar changes only the height.
  let width = innerWidth;
  on(window, "resize", () => {
    if (innerWidth === width) soon();
    else place(seen);
    width = innerWidth;
  });
  place(first);

  return {
    place,
    dispose() {
      abort.abort();
      changes.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
