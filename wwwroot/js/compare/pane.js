// A canvas that shows pictures through the shared camera. What is drawn is the view's: it gets a brush that knows the camera.

import { attachGestures, place } from "./camera.js";

// Somebody who zooms in so far wants to see pixels: smoothing would invent what is not there. A small picture that fits stays smooth.
const PIXELS_FROM = 3;

export function createPane(host, { camera, pictures, render, aspect }) {
  const canvas = document.createElement("canvas");
  canvas.className = "pane-canvas";
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  const context = canvas.getContext("2d");
  let waiting = false;
  let gone = false;

  function draw() {
    waiting = false;
    if (gone) return;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(host.clientWidth * ratio);
    const height = Math.round(host.clientHeight * ratio);
    if (width === 0 || height === 0) return;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    } else {
      context.clearRect(0, 0, width, height);
    }
    render({ context, width, height, ratio, paint: (picture, target = context) => paint(picture, target, width, height) });
    host.dataset.drawn = String(Number(host.dataset.drawn ?? 0) + 1);
  }

  // Draws one picture where the camera puts it; true when something was there to draw.
  function paint(picture, target, width, height) {
    if (!picture) return false;
    const at = place(camera.state, width, height, picture.width / picture.height);
    const view = seen(at, width, height);
    lastShown.add(keyOf(picture));
    const source = pictures.best(picture, Math.max(at.width, at.height), view, () => !gone && shows(picture), redraw);
    if (!source) return false;
    const { bitmap, part } = source;
    // How fine the copy is that is seen, as its longer edge would be: for tests and figures.
    const edge = String(Math.round(Math.max(bitmap.width / part.w, bitmap.height / part.h)));
    if (host.dataset.edge !== edge) host.dataset.edge = edge;
    const x = Math.max(view.x, part.x);
    const y = Math.max(view.y, part.y);
    const w = Math.min(view.x + view.w, part.x + part.w) - x;
    const h = Math.min(view.y + view.h, part.y + part.h) - y;
    if (w <= 0 || h <= 0) return false;
    target.imageSmoothingEnabled = camera.state.zoom < PIXELS_FROM || at.width / (bitmap.width / part.w) < PIXELS_FROM;
    target.drawImage(
      bitmap,
      ((x - part.x) / part.w) * bitmap.width, ((y - part.y) / part.h) * bitmap.height, (w / part.w) * bitmap.width, (h / part.h) * bitmap.height,
      at.left + x * at.width, at.top + y * at.height, w * at.width, h * at.height);
    return true;
  }

  // What this pane drew last: a picture that it no longer shows is not worth loading.
  let lastShown = new Set();
  const keyOf = (picture) => picture.url ?? picture.id;
  const shows = (picture) => lastShown.has(keyOf(picture));

  function fresh() {
    lastShown = new Set();
    draw();
  }

  function redraw() {
    if (waiting || gone) return;
    waiting = true;
    requestAnimationFrame(fresh);
  }

  const sizes = new ResizeObserver(redraw);
  sizes.observe(host);
  const gestures = attachGestures(host, camera, aspect);
  // The camera calls in the frame in which it moved: no further frame is waited for.
  const off = camera.on(fresh);
  redraw();

  return {
    host,
    redraw,
    gestures,
    dispose() {
      gone = true;
      off();
      sizes.disconnect();
      gestures.dispose();
      canvas.remove();
    },
  };
}

function seen(at, width, height) {
  const x = Math.max(0, -at.left / at.width);
  const y = Math.max(0, -at.top / at.height);
  return {
    x,
    y,
    w: Math.min(1, (width - at.left) / at.width) - x,
    h: Math.min(1, (height - at.top) / at.height) - y,
  };
}
