// An experiment's cells: one camera for all of them, pictures only where they are on the screen, a click chooses a cell.

import { createCamera } from "./camera.js";
import { createPictures } from "./pictures.js";
import { createPane } from "./pane.js";
import { drawParallel } from "./parallel.js";

const CLICK = 5;

export function open(root, owner) {
  const camera = createCamera();
  const pictures = createPictures();
  const panes = new Map();
  let shown = new Map();

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) build(target);
      else drop(target);
    }
  }, { rootMargin: "200px" });

  function build(view) {
    if (panes.has(view)) return;
    const session = view.closest("[data-session]").dataset.session;
    const picture = () => shown.get(session) ?? null;
    panes.set(view, createPane(view, {
      camera,
      pictures,
      aspect: () => (picture() ? picture().width / picture().height : 4 / 3),
      render: ({ paint }) => paint(picture()),
    }));
  }

  function drop(view) {
    panes.get(view)?.dispose();
    panes.delete(view);
  }

  const keyOf = (picture) => picture?.url ?? picture?.id ?? "";

  function update(cells) {
    const before = shown;
    shown = new Map(cells.filter((cell) => cell.url || cell.id).map((cell) => [cell.session, cell]));
    const views = new Set(root.querySelectorAll("[data-session] .cmp-view"));
    for (const view of [...panes.keys()]) if (!views.has(view)) drop(view);
    for (const view of views) {
      seen.observe(view);
      const session = view.closest("[data-session]").dataset.session;
      if (keyOf(before.get(session)) !== keyOf(shown.get(session))) panes.get(view)?.redraw();
    }
  }

  // A press that did not move chooses; one that moved was a pan.
  let pressed = null;
  const stop = new AbortController();
  root.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest(".exp-cell .cmp-view") ? { x: event.clientX, y: event.clientY, view: event.target.closest(".cmp-view") } : null;
  }, { signal: stop.signal });
  root.addEventListener("pointerup", (event) => {
    if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < CLICK) pressed.view.closest(".exp-cell").querySelector(".exp-tick").click();
    pressed = null;
  }, { signal: stop.signal });

  return {
    update,
    fit: () => camera.reset(),
    parallel: (host, lines) => drawParallel(host, lines, {
      toggled: (session) => owner.invokeMethodAsync("OnToggled", session),
      opened: (session) => Blazor.navigateTo(`/sessions/${session}`),
    }),
    dispose() {
      stop.abort();
      seen.disconnect();
      for (const view of [...panes.keys()]) drop(view);
      pictures.dispose();
    },
  };
}
