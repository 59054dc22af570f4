// One place and one zoom for every pane. (u, v) is the picture's point in the middle of a pane, from 0 to 1; at zoom 1 the picture fits.

export const MAX_ZOOM = 32;

export function createCamera(start = {}) {
  const state = { u: start.u ?? 0.5, v: start.v ?? 0.5, zoom: start.zoom ?? 1 };
  const listeners = new Set();
  let waiting = false;

  // However many events come, one frame is drawn for them.
  function changed() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const listener of [...listeners]) listener(state);
    });
  }

  function set(next) {
    const zoom = Math.min(MAX_ZOOM, Math.max(1, next.zoom ?? state.zoom));
    const u = next.u ?? state.u;
    const v = next.v ?? state.v;
    if (u === state.u && v === state.v && zoom === state.zoom) return;
    Object.assign(state, { u, v, zoom });
    changed();
  }

  return {
    state,
    set,
    reset: () => set({ u: 0.5, v: 0.5, zoom: 1 }),
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

// Where a picture of some aspect lies in a pane, in the pane's own pixels.
export function place(camera, paneWidth, paneHeight, aspect) {
  const fitted = Math.min(paneWidth, paneHeight * aspect);
  const width = fitted * camera.zoom;
  const height = width / aspect;
  return {
    left: paneWidth / 2 - inside(camera.u, paneWidth / width) * width,
    top: paneHeight / 2 - inside(camera.v, paneHeight / height) * height,
    width,
    height,
  };
}

// The middle's coordinate, kept so that the picture covers the pane where it is larger than it.
export function inside(middle, share) {
  return share >= 1 ? 0.5 : Math.min(1 - share / 2, Math.max(share / 2, middle));
}

// Wheel, drag, pinch, double click. `aspect` is asked when needed: it changes with the picture. Returns what undoes it.
export function attachGestures(element, camera, aspect) {
  const stop = new AbortController();
  const on = (type, handler, options = {}) => element.addEventListener(type, handler, { signal: stop.signal, ...options });
  const pointers = new Map();
  let distance = 0;

  const local = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function moveBy(dx, dy) {
    const at = place(camera.state, element.clientWidth, element.clientHeight, aspect());
    const shareX = element.clientWidth / at.width;
    const shareY = element.clientHeight / at.height;
    camera.set({
      u: inside(inside(camera.state.u, shareX) - dx / at.width, shareX),
      v: inside(inside(camera.state.v, shareY) - dy / at.height, shareY),
    });
  }

  function zoomAt(factor, x, y) {
    const [w, h] = [element.clientWidth, element.clientHeight];
    const before = place(camera.state, w, h, aspect());
    const zoom = Math.min(MAX_ZOOM, Math.max(1, camera.state.zoom * factor));
    const grow = zoom / camera.state.zoom;
    // The point under the pointer stays there.
    const pu = (x - before.left) / before.width;
    const pv = (y - before.top) / before.height;
    const [width, height] = [before.width * grow, before.height * grow];
    camera.set({
      zoom,
      u: inside(pu + (w / 2 - x) / width, w / width),
      v: inside(pv + (h / 2 - y) / height, h / height),
    });
  }

  on("wheel", (event) => {
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY * 0.0018), ...local(event));
  }, { passive: false });
  on("dblclick", (event) => (camera.state.zoom > 1 ? camera.reset() : zoomAt(3, ...local(event))));
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
  });
  on("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) {
      const [[ax, ay], [bx, by]] = [...pointers.values()];
      const apart = Math.hypot(ax - bx, ay - by);
      // What is between the fingers goes where they go.
      moveBy((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      if (distance > 0) zoomAt(apart / distance, (ax + bx) / 2, (ay + by) / 2);
      distance = apart;
    } else {
      moveBy(now[0] - before[0], now[1] - before[1]);
    }
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    distance = 0;
  };
  on("pointerup", lift);
  on("pointercancel", lift);

  return {
    zoomBy: (factor) => zoomAt(factor, element.clientWidth / 2, element.clientHeight / 2),
    moveBy,
    dispose: () => stop.abort(),
  };
}
