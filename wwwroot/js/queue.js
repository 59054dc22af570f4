// Sessions that wait are dragged to another place, with a mouse, a pen or a finger.

const EDGE = 60;
const STEP = 14;

export function attach(list, owner) {
  const abort = new AbortController();
  let row = null;
  let begun = 0;
  let places = [];
  let to = 0;

  const movable = () => [...list.querySelectorAll("li[data-movable]")];

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".drag");
    if (!grip || event.button !== 0) return;
    row = grip.closest("li");
    begun = event.pageY;
    places = movable().map((li) => ({ li, middle: li.offsetTop + li.offsetHeight / 2 }));
    to = places.findIndex((place) => place.li === row);
    grip.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
  }, { signal: abort.signal });

  list.addEventListener("pointermove", (event) => {
    if (!row) return;
    const from = places.findIndex((place) => place.li === row);
    if (event.clientY < EDGE) window.scrollBy(0, -STEP);
    if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, STEP);
    const shift = event.clientY + window.scrollY - begun;
    const middle = places[from].middle + shift;
    row.style.transform = `translateY(${shift}px)`;
    to = places.filter((place) => place.li !== row && place.middle < middle).length;
    const step = row.offsetHeight + 10;
    places.forEach((place, index) => {
      if (place.li === row) return;
      const up = index > from && index <= to;
      const down = index < from && index >= to;
      place.li.style.transform = up ? `translateY(${-step}px)` : down ? `translateY(${step}px)` : "";
    });
  }, { signal: abort.signal });

  const drop = (isMeant) => {
    if (!row) return;
    const dropped = row;
    const from = places.findIndex((place) => place.li === dropped);
    const others = places.filter((place) => place.li !== dropped);
    places.forEach((place) => (place.li.style.transform = ""));
    dropped.classList.remove("dragged");
    row = null;
    if (isMeant && to !== from) owner.invokeMethodAsync("OnMoved", dropped.dataset.id, others[to]?.li.dataset.id ?? null);
  };
  // The page must not scroll away under a row that the arrow keys move; every other key is the browser's.
  list.addEventListener("keydown", (event) => {
    if (event.target.closest(".drag") && (event.key === "ArrowUp" || event.key === "ArrowDown")) event.preventDefault();
  }, { signal: abort.signal });

  list.addEventListener("pointerup", () => drop(true), { signal: abort.signal });
  list.addEventListener("pointercancel", () => drop(false), { signal: abort.signal });

  return { dispose: () => abort.abort() };
}
