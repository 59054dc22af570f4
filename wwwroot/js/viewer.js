// Smooth pan and zoom of one picture that may be replaced at any time without losing its place.

import { isFrame, sizedFor } from "./frame-size.js";

const MAX_ZOOM = 32;
// Longer than between two previews of a run that goes on.
const QUIET_MS = 800;

export function createViewer(stage) {
  const layer = stage.querySelector(".stage-layer");
  const image = layer.querySelector("img.stage-image");
  let zoom = 1;
  let x = 0;
  let y = 0;
  let width = stage.clientWidth;
  let height = stage.clientHeight;
  const pointers = new Map();
  let pinch = 0;

  const apply = (smooth) => {
    layer.classList.toggle("gliding", smooth === true);
    layer.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
    layer.classList.toggle("pixelated", zoom > 3);
    stage.dataset.zoom = zoom.toFixed(2);
  };

  const limit = (smooth) => {
    zoom = Math.min(MAX_ZOOM, Math.max(1, zoom));
    x = Math.min(0, Math.max(-width * (zoom - 1), x));
    y = Math.min(0, Math.max(-height * (zoom - 1), y));
    apply(smooth);
  };

  const zoomAt = (factor, cx, cy, smooth = true) => {
    const before = zoom;
    zoom = Math.min(MAX_ZOOM, Math.max(1, zoom * factor));
    x = cx - ((cx - x) * zoom) / before;
    y = cy - ((cy - y) * zoom) / before;
    limit(smooth);
  };

  // The window changed: what was in the middle stays in the middle.
  const resizes = new ResizeObserver(() => {
    if (stage.clientWidth === 0 || width === 0) return;
    x *= stage.clientWidth / width;
    y *= stage.clientHeight / height;
    width = stage.clientWidth;
    height = stage.clientHeight;
    limit();
  });
  resizes.observe(stage);

  const local = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) * 0.0024), ...local(event));
  }, { passive: false });
  stage.addEventListener("dblclick", (event) => (zoom > 1 ? reset() : zoomAt(3, ...local(event))));
  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
  });
  stage.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const [px, py] = pointers.get(event.pointerId);
    const now = local(event);
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) {
      const [[ax, ay], [bx, by]] = [...pointers.values()];
      const distance = Math.hypot(ax - bx, ay - by);
      // What is between the fingers goes where they go.
      x += (now[0] - px) / 2;
      y += (now[1] - py) / 2;
      if (pinch > 0) zoomAt(distance / pinch, (ax + bx) / 2, (ay + by) / 2, false);
      pinch = distance;
    } else {
      x += now[0] - px;
      y += now[1] - py;
      limit();
    }
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    pinch = 0;
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);

  const middle = () => [width / 2, height / 2];
  const STEP = 80;
  const keys = {
    "+": () => zoomAt(1.5, ...middle()),
    "=": () => zoomAt(1.5, ...middle()),
    "-": () => zoomAt(1 / 1.5, ...middle()),
    "0": () => reset(),
    "1": () => pixels(),
    ArrowLeft: () => move(STEP, 0),
    ArrowRight: () => move(-STEP, 0),
    ArrowUp: () => move(0, STEP),
    ArrowDown: () => move(0, -STEP),
  };
  stage.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow") && zoom === 1) return;
    act();
    event.preventDefault();
  });
  for (const button of stage.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => (button.dataset.view === "full" ? fullscreen() : keys[button.dataset.view]()));
  }

  function move(dx, dy) {
    x += dx;
    y += dy;
    limit(true);
  }

  function reset() {
    zoom = 1;
    x = 0;
    y = 0;
    apply(true);
  }

  // One pixel of the picture on one of the screen.
  function pixels() {
    if (image.naturalWidth > 0) zoomAt(image.naturalWidth / devicePixelRatio / (width * zoom), ...middle());
  }

  function fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else stage.requestFullscreen();
  }

  let wanted = null;
  let loading = false;
  let quiet = 0;
  let filling = null;

  // Only the newest picture is worth loading: what came while another loaded replaces what waited.
  function show(url) {
    leaveOff();
    wanted = url;
    if (!loading) next();
  }

  async function next() {
    loading = true;
    // The frame that the page came with tells of the line, and would share it with the next one.
    if (isFrame(image.src) && !image.complete) await image.decode().catch(() => {});
    while (wanted !== null) {
      const url = wanted;
      const sized = sizedFor(url);
      wanted = null;
      await place(new Image(), sized);
      if (sized !== url && wanted === null) quiet = setTimeout(() => fill(url), QUIET_MS);
    }
    loading = false;
  }

  // Nothing newer came after a small frame: there is time for all of it, until something does.
  async function fill(url) {
    filling = new Image();
    await place(filling, url);
    filling = null;
  }

  function leaveOff() {
    clearTimeout(quiet);
    // A picture without an address stops loading.
    if (filling) filling.src = "";
  }

  async function place(loaded, url) {
    loaded.src = url;
    try {
      await loaded.decode();
      image.src = url;
      image.hidden = false;
    } catch {
      // It was replaced on the server before it could be fetched, or something newer came; that follows.
    }
  }

  function dispose() {
    wanted = null;
    leaveOff();
    resizes.disconnect();
  }

  apply();
  return { show, reset, dispose };
}
