// Smooth pan and zoom of one picture that may be replaced at any time without losing its place.

const MAX_ZOOM = 16;

export function createViewer(stage) {
  const image = stage.querySelector("img");
  let zoom = 1;
  let x = 0;
  let y = 0;
  const pointers = new Map();
  let pinch = 0;

  const apply = () => {
    image.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
    image.classList.toggle("pixelated", zoom > 3);
    stage.dataset.zoom = zoom.toFixed(2);
  };

  const limit = () => {
    zoom = Math.min(MAX_ZOOM, Math.max(1, zoom));
    const w = stage.clientWidth * (zoom - 1);
    const h = stage.clientHeight * (zoom - 1);
    x = Math.min(0, Math.max(-w, x));
    y = Math.min(0, Math.max(-h, y));
    apply();
  };

  const zoomAt = (factor, cx, cy) => {
    const before = zoom;
    zoom = Math.min(MAX_ZOOM, Math.max(1, zoom * factor));
    x = cx - ((cx - x) * zoom) / before;
    y = cy - ((cy - y) * zoom) / before;
    limit();
  };

  const local = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY * 0.0018), ...local(event));
  }, { passive: false });
  stage.addEventListener("dblclick", (event) => (zoom > 1 ? reset() : zoomAt(3, ...local(event))));
  stage.addEventListener("pointerdown", (event) => {
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
      if (pinch > 0) zoomAt(distance / pinch, (ax + bx) / 2, (ay + by) / 2);
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
  stage.addEventListener("keydown", (event) => {
    const middle = [stage.clientWidth / 2, stage.clientHeight / 2];
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "+" || event.key === "=") zoomAt(1.4, ...middle);
    else if (event.key === "-") zoomAt(1 / 1.4, ...middle);
    else if (event.key === "0") reset();
    else if (moves[event.key] && zoom > 1) {
      x += moves[event.key][0];
      y += moves[event.key][1];
      limit();
    } else return;
    event.preventDefault();
  });

  function reset() {
    zoom = 1;
    x = 0;
    y = 0;
    apply();
  }

  let wanted = null;
  let loading = false;

  // Only the newest picture is worth loading: what came while another loaded replaces what waited.
  function show(url) {
    wanted = url;
    if (!loading) next();
  }

  async function next() {
    loading = true;
    while (wanted !== null) {
      const url = wanted;
      wanted = null;
      const loaded = new Image();
      loaded.src = url;
      try {
        await loaded.decode();
        image.src = url;
        image.hidden = false;
      } catch {
        // It was replaced on the server before it could be fetched; the next one follows.
      }
    }
    loading = false;
  }

  apply();
  return { show, reset };
}
