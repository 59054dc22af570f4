// The canvas of the mask editor. Regions are painted as labels, so that they never overlap; the soft edge is made when they are saved.

import { openDialog } from "./dialogs.js";
import { uploadMask } from "./upload.js";
import { createLabels, readMask, readColourMap, softMaskBlob } from "./mask-labels.js";

const LONGEST = 1024;
const MAX_ZOOM = 12;

export async function open(root, owner) {
  const stage = root.querySelector(".mask-stage");
  const canvas = stage.querySelector("canvas");
  const context = canvas.getContext("2d");
  const abort = new AbortController();
  const on = (target, type, handler, options) => target.addEventListener(type, handler, { signal: abort.signal, ...options });
  // Per picture (its id in the store): its pixels, its labels, and whether they differ from what is stored.
  const sheets = new Map();
  const tool = { name: "brush", size: 40, tolerance: 28, region: 1 };
  let colours = [];
  let sheet = null;
  let view = { zoom: 1, x: 0, y: 0 };
  let cursor = null;
  let isKeyDrawing = false;
  let stroke = null;
  const pointers = new Map();

  async function sheetOf(id) {
    if (!sheets.has(id)) {
      const image = new Image();
      image.src = `/media/${id}/1280`;
      await image.decode();
      const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
      const width = Math.max(1, Math.round(image.naturalWidth * scale));
      const height = Math.max(1, Math.round(image.naturalHeight * scale));
      const picture = new OffscreenCanvas(width, height);
      picture.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0, width, height);
      sheets.set(id, { id, width, height, picture, labels: createLabels(width, height), overlay: new OffscreenCanvas(width, height), isDirty: false });
    }
    return sheets.get(id);
  }

  // The overlay follows the labels; the picture below and the cursor above are drawn with it.
  function tint(target, box = { x: 0, y: 0, width: target.width, height: target.height }) {
    if (box.width <= 0 || box.height <= 0) return;
    const pixels = new ImageData(box.width, box.height);
    for (let y = 0, at = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++, at += 4) {
        const label = target.labels.data[(y + box.y) * target.width + x + box.x];
        if (label === 0) continue;
        const [r, g, b] = colours[label - 1] ?? [128, 128, 128];
        pixels.data.set([r, g, b, label === tool.region ? 165 : 120], at);
      }
    }
    target.overlay.getContext("2d").putImageData(pixels, box.x, box.y);
  }

  function draw() {
    if (!sheet) return;
    const ratio = devicePixelRatio;
    const width = Math.round(stage.clientWidth * ratio);
    const height = Math.round(stage.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const scale = fit() * view.zoom * ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(scale, 0, 0, scale, view.x * ratio, view.y * ratio);
    context.imageSmoothingEnabled = view.zoom < 4;
    context.drawImage(sheet.picture, 0, 0);
    context.drawImage(sheet.overlay, 0, 0);
    if (cursor) {
      context.beginPath();
      context.arc(cursor.x, cursor.y, tool.name === "fill" ? 3 / scale * 2 : tool.size / 2, 0, Math.PI * 2);
      context.lineWidth = 3 / scale;
      context.strokeStyle = "rgba(0,0,0,.6)";
      context.stroke();
      context.lineWidth = 1.4 / scale;
      context.strokeStyle = "#fff";
      context.stroke();
    }
  }

  const fit = () => Math.min(stage.clientWidth / sheet.width, stage.clientHeight / sheet.height);
  const toPicture = (px, py) => ({ x: (px - view.x) / (fit() * view.zoom), y: (py - view.y) / (fit() * view.zoom) });
  const local = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function keepInside() {
    view.zoom = Math.min(MAX_ZOOM, Math.max(1, view.zoom));
    const width = sheet.width * fit() * view.zoom;
    const height = sheet.height * fit() * view.zoom;
    const clamp = (at, size, room) => (size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at)));
    view.x = clamp(view.x, width, stage.clientWidth);
    view.y = clamp(view.y, height, stage.clientHeight);
    draw();
  }

  function zoomAt(factor, px, py) {
    const before = view.zoom;
    view.zoom = Math.min(MAX_ZOOM, Math.max(1, view.zoom * factor));
    view.x = px - ((px - view.x) * view.zoom) / before;
    view.y = py - ((py - view.y) * view.zoom) / before;
    keepInside();
  }

  function changed(box) {
    sheet.isDirty = true;
    tint(sheet, box);
    draw();
    report();
  }

  function report() {
    owner.invokeMethodAsync("OnCoverage", sheet.labels.shares(colours.length), sheet.labels.canUndo(), sheet.labels.canRedo());
  }

  const label = () => (tool.name === "erase" ? 0 : tool.region);

  function begin(point) {
    sheet.labels.remember();
    if (tool.name === "fill") {
      changed(sheet.labels.flood(sheet.picture, point.x, point.y, tool.tolerance, tool.region));
    } else {
      stroke = point;
      extend(point);
    }
  }

  function extend(point) {
    const box = sheet.labels.line(stroke, point, tool.size / 2, label());
    stroke = point;
    sheet.isDirty = true;
    tint(sheet, box);
    draw();
  }

  function end() {
    if (stroke) report();
    stroke = null;
  }

  on(canvas, "pointerdown", (event) => {
    if (!sheet) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
    if (pointers.size === 2) {
      // A second finger means a pinch, not a stroke.
      if (stroke) sheet.labels.undo(), tint(sheet);
      stroke = null;
    } else if (event.button === 0 && !event.shiftKey) {
      begin(toPicture(...local(event)));
    }
  });
  on(canvas, "pointermove", (event) => {
    if (!sheet) return;
    const now = local(event);
    cursor = event.pointerType === "touch" ? null : toPicture(...now);
    const before = pointers.get(event.pointerId);
    if (before) pointers.set(event.pointerId, now);
    if (pointers.size === 2) {
      const [a, b] = [...pointers.entries()].map(([id, at]) => (id === event.pointerId ? { old: before, at } : { old: at, at }));
      const gap = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);
      view.x += (now[0] - before[0]) / 2;
      view.y += (now[1] - before[1]) / 2;
      zoomAt(gap(a.at, b.at) / Math.max(1, gap(a.old, b.old)), (a.at[0] + b.at[0]) / 2, (a.at[1] + b.at[1]) / 2);
    } else if (stroke) {
      for (const part of event.getCoalescedEvents?.() ?? [event]) extend(toPicture(...local(part)));
    } else if (before) {
      view.x += now[0] - before[0];
      view.y += now[1] - before[1];
      keepInside();
    } else draw();
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    end();
  };
  on(canvas, "pointerup", lift);
  on(canvas, "pointercancel", lift);
  on(canvas, "pointerleave", () => {
    cursor = null;
    draw();
  });
  on(canvas, "wheel", (event) => {
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY * 0.0018), ...local(event));
  }, { passive: false });

  // By keyboard: arrows move the brush, Space paints while it moves, Enter paints or fills once.
  on(canvas, "keydown", (event) => {
    if (!sheet || event.altKey) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    cursor ??= { x: sheet.width / 2, y: sheet.height / 2 };
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") event.shiftKey ? redo() : undo();
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") redo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (moves[event.key]) {
      const step = event.shiftKey ? 2 : Math.max(2, tool.size / 3);
      cursor = {
        x: Math.min(sheet.width, Math.max(0, cursor.x + moves[event.key][0] * step)),
        y: Math.min(sheet.height, Math.max(0, cursor.y + moves[event.key][1] * step)),
      };
      if (isKeyDrawing) extend(cursor);
      draw();
    } else if (event.key === " ") {
      isKeyDrawing = !isKeyDrawing && tool.name !== "fill";
      if (isKeyDrawing || tool.name === "fill") begin(cursor);
      else end();
    } else if (event.key === "Enter") {
      begin(cursor);
      end();
    } else if (event.key === "[" || event.key === "]") {
      owner.invokeMethodAsync("OnSize", Math.round(Math.min(300, Math.max(4, tool.size * (event.key === "]" ? 1.2 : 1 / 1.2)))));
    } else if (event.key === "+" || event.key === "=") zoomAt(1.4, stage.clientWidth / 2, stage.clientHeight / 2);
    else if (event.key === "-") zoomAt(1 / 1.4, stage.clientWidth / 2, stage.clientHeight / 2);
    else if (event.key === "0") resetView();
    else if (["b", "e", "f"].includes(event.key)) owner.invokeMethodAsync("OnTool", { b: "brush", e: "erase", f: "fill" }[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  on(canvas, "blur", () => {
    isKeyDrawing = false;
    end();
  });

  // A map that is dropped or pasted anywhere on the editor goes the way of one that is chosen.
  const choice = root.querySelector(".mask-upload");
  const dialog = root.closest("[role=dialog]") ?? root;

  function choose(file) {
    const input = choice.querySelector("input");
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const brings = (event) => event.dataTransfer?.types.includes("Files");
  on(dialog, "dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    event.stopPropagation();
    choice.classList.add("picker-over");
  });
  on(dialog, "dragleave", () => choice.classList.remove("picker-over"));
  on(dialog, "drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    event.stopPropagation();
    choice.classList.remove("picker-over");
    if (event.dataTransfer.files.length > 0) choose(event.dataTransfer.files[0]);
  });
  on(document, "paste", (event) => {
    const file = [...event.clipboardData.files].find((f) => f.type.startsWith("image/"));
    if (file && openDialog()?.contains(root)) choose(file);
  });

  function undo() {
    if (sheet.labels.undo()) changed();
  }

  function redo() {
    if (sheet.labels.redo()) changed();
  }

  function resetView() {
    view = { zoom: 1, x: 0, y: 0 };
    keepInside();
  }

  const sized = new ResizeObserver(() => sheet && keepInside());
  sized.observe(stage);

  return {
    setTool: (name, size, tolerance, region) => {
      Object.assign(tool, { name, size, tolerance, region });
      if (sheet) tint(sheet), draw();
    },
    setColours: (all) => {
      colours = all;
      if (sheet) tint(sheet), draw();
    },
    async show(id) {
      sheet = await sheetOf(id);
      tint(sheet);
      resetView();
      report();
    },
    // What was stored before: one mask for a label.
    async load(id, masks) {
      const target = await sheetOf(id);
      for (const [index, mask] of masks.entries()) if (mask) target.labels.put(await readMask(`/media/${mask}`, target.width, target.height), index + 1);
      target.isDirty = false;
    },
    // One colour a region. The colours of the first map name the regions; those of a second are matched to them.
    async importMap(input, known) {
      const file = input.files[0];
      input.value = "";
      if (!file || !sheet) return null;
      const found = await readColourMap(file, sheet.width, sheet.height, known);
      if (found.reason) return found;
      sheet.labels.remember();
      sheet.labels.replace(found.labels);
      sheet.isDirty = true;
      colours = found.colours;
      tint(sheet);
      draw();
      report();
      return { colours: found.colours };
    },
    fillRest(region) {
      sheet.labels.remember();
      sheet.labels.rest(region);
      changed();
    },
    removeRegion(region) {
      for (const target of sheets.values()) {
        target.labels.drop(region);
        target.isDirty = true;
        tint(target);
      }
      draw();
      if (sheet) report();
    },
    undo,
    redo,
    zoom: (factor) => zoomAt(factor, stage.clientWidth / 2, stage.clientHeight / 2),
    resetView,
    // The masks of a picture as stored pictures: null for a region that is not painted there.
    async save(id, regions, feather) {
      const target = sheets.get(id);
      if (!target) return Array(regions).fill(null);
      const shares = target.labels.shares(regions);
      const saved = [];
      for (let region = 1; region <= regions; region++) {
        if (shares[region - 1] === 0) {
          saved.push(null);
          continue;
        }
        const answer = await uploadMask(await softMaskBlob(target.labels.data, target.width, target.height, region, feather), `mask-${region}.png`);
        if (!answer.id) throw new Error(answer.reason);
        saved.push(answer.id);
      }
      return saved;
    },
    dispose() {
      abort.abort();
      sized.disconnect();
    },
  };
}
