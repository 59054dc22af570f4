// What a page that stands alone gains with JavaScript: slider, zoom, timeline, curves that follow. A classic script, since a page
// opened from a folder may not load modules; it asks nobody for anything but the pictures that the page names.
(() => {
  "use strict";
  const MOST = 16;
  const main = document.querySelector("main");
  const isLinked = main?.dataset.linked === "true";
  const element = (name, className, parent) => {
    const made = document.createElement(name);
    made.className = className;
    parent.append(made);
    return made;
  };
  const read = (script) => (script ? JSON.parse(script.textContent) : null);

  // One place and zoom for every stage that is linked; one each for the others. In units of the stage, so that sizes may differ.
  const newView = () => ({ zoom: 1, x: 0, y: 0, stages: [] });
  const together = newView();
  const show = (view) => {
    view.zoom = Math.min(MOST, Math.max(1, view.zoom));
    view.x = Math.min(0, Math.max(1 - view.zoom, view.x));
    view.y = Math.min(0, Math.max(1 - view.zoom, view.y));
    view.stages.forEach((stage) => stage.draw(view));
  };
  const zoomAt = (view, factor, x, y) => {
    const before = view.zoom;
    view.zoom = Math.min(MOST, Math.max(1, before * factor));
    view.x = x - ((x - view.x) * view.zoom) / before;
    view.y = y - ((y - view.y) * view.zoom) / before;
    show(view);
  };

  // A cell of an experiment's grid is a link to its picture below: it zooms and moves with the others, but is no stop of its own.
  function openStage(box, isCell) {
    const image = box.querySelector("img");
    const view = isLinked ? together : newView();
    const images = [image];
    let isFull = false;
    box.classList.add("live");
    if (!isCell) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.dataset.label);
    }

    const draw = (v) => {
      for (const each of images) {
        each.style.transform = `translate(${v.x * box.clientWidth}px, ${v.y * box.clientHeight}px) scale(${v.zoom})`;
        each.classList.toggle("pixelated", v.zoom > 4);
      }
      box.classList.toggle("zoomed", v.zoom > 1);
      box.dataset.zoom = v.zoom.toFixed(2);
      if (v.zoom > 1.5 && box.dataset.full && !isFull && !box.dataset.frame) {
        isFull = true;
        const full = new Image();
        full.src = box.dataset.full;
        full.decode().then(() => { if (!box.dataset.frame) image.src = full.src; stage.newest = full.src; }, () => {});
      }
    };
    const caption = isCell ? box.nextElementSibling : null;
    const stage = { draw, image, box, newest: image.src, cells: [], caption, words: caption?.textContent };
    view.stages.push(stage);
    new ResizeObserver(() => draw(view)).observe(box);

    const at = (event) => {
      const r = box.getBoundingClientRect();
      return [(event.clientX - r.left) / r.width, (event.clientY - r.top) / r.height];
    };
    box.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && view.zoom === 1 && event.deltaY > 0) return;
      event.preventDefault();
      zoomAt(view, Math.exp(-event.deltaY * 0.0018), ...at(event));
    }, { passive: false });
    box.addEventListener("dblclick", (event) => {
      if (view.zoom > 1) { view.zoom = 1; show(view); } else zoomAt(view, 3, ...at(event));
    });
    const pointers = new Map();
    let spread = 0;
    let moved = 0;
    box.addEventListener("pointerdown", (event) => {
      moved = 0;
      if (!isCell) box.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
    });
    box.addEventListener("pointermove", (event) => {
      const former = pointers.get(event.pointerId);
      if (!former) return;
      const now = at(event);
      moved += Math.abs(now[0] - former[0]) + Math.abs(now[1] - former[1]);
      // A press that becomes a drag belongs to this stage from then on; one that does not stays a click on the link.
      if (isCell && moved > 0.02) box.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, now);
      if (pointers.size === 2) {
        const [[ax, ay], [bx, by]] = [...pointers.values()];
        const distance = Math.hypot(ax - bx, ay - by);
        // What is between the fingers goes where they go.
        view.x += (now[0] - former[0]) / 2;
        view.y += (now[1] - former[1]) / 2;
        if (spread > 0) zoomAt(view, distance / spread, (ax + bx) / 2, (ay + by) / 2);
        spread = distance;
      } else {
        view.x += now[0] - former[0];
        view.y += now[1] - former[1];
        show(view);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, (event) => { pointers.delete(event.pointerId); spread = 0; });
    if (isCell) {
      box.addEventListener("click", (event) => { if (moved > 0.02) event.preventDefault(); });
      box.addEventListener("dragstart", (event) => event.preventDefault());
    } else box.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [0.1, 0], ArrowRight: [-0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
      if (event.key === "+" || event.key === "=") zoomAt(view, 1.4, 0.5, 0.5);
      else if (event.key === "-") zoomAt(view, 1 / 1.4, 0.5, 0.5);
      else if (event.key === "0") { view.zoom = 1; show(view); }
      else if (moves[event.key] && view.zoom > 1) { view.x += moves[event.key][0]; view.y += moves[event.key][1]; show(view); }
      else return;
      event.preventDefault();
    });

    if (box.dataset.before) {
      const layer = element("div", "layer", box);
      const before = element("img", "", layer);
      before.loading = "lazy";
      before.src = box.dataset.before;
      before.alt = "";
      images.push(before);
      const edge = element("div", "edge", box);
      const slide = control(box, box.dataset.slider, 100, 0);
      const move = () => {
        layer.style.clipPath = `inset(0 ${100 - slide.input.value}% 0 0)`;
        edge.style.left = `${slide.input.value}%`;
        edge.hidden = slide.input.value === "0";
      };
      slide.input.addEventListener("input", move);
      move();
      stage.slider = { row: slide.row, label: box.dataset.slider, to: (value) => { slide.input.value = value; move(); } };
    }
    return stage;
  }

  function control(after, label, most, value) {
    const row = document.createElement("div");
    row.className = "control";
    row.style.maxWidth = after.style.maxWidth;
    after.after(row);
    const caption = element("label", "", row);
    element("span", "", caption).textContent = label;
    const input = element("input", "", caption);
    input.type = "range";
    input.min = "0";
    input.max = String(most);
    input.step = "1";
    input.value = String(value);
    const output = element("output", "", row);
    return { row, input, output };
  }

  function openTimeline(stage, data) {
    const last = data.frames.length;
    const { row, input, output } = control(stage.box.nextElementSibling?.classList.contains("control") ? stage.box.nextElementSibling : stage.box, data.label, last, last);
    const kept = [];
    const timeline = { row, output, onMove: null, frames: data.frames };
    timeline.to = (index) => {
      const isNewest = index >= last;
      input.value = String(Math.min(index, last));
      output.textContent = isNewest ? data.newest : data.at.replace("{0}", data.frames[index].at);
      output.hidden = isNewest && output.classList.contains("at");
      // What a cell says of its result is not true of a frame.
      for (const cell of stage.cells) cell.caption.textContent = isNewest ? cell.words : output.textContent;
      const shown = isNewest ? "" : String(data.frames[index].at);
      for (const each of [stage, ...stage.cells]) each.box.dataset.frame = shown;
      if (isNewest) for (const each of [stage, ...stage.cells]) each.image.src = each.newest;
      else {
        // Kept decoded: nothing may be cached for longer than the page is open.
        kept[index] ??= Object.assign(new Image(), { src: data.frames[index].url });
        kept[index].decode().then(() => { if (stage.box.dataset.frame === shown) for (const each of [stage, ...stage.cells]) each.image.src = kept[index].src; }, () => {});
      }
      timeline.onMove?.(isNewest ? null : data.frames[index].at);
    };
    timeline.toIteration = (iteration) => {
      const found = data.frames.findIndex((frame) => frame.at >= iteration);
      timeline.to(found < 0 ? last : found);
    };
    input.addEventListener("input", () => timeline.to(Number(input.value)));
    timeline.to(last);
    return timeline;
  }

  function openCurves(figure, points, timeline) {
    const [left, right, top, bottom] = [52, 632, 10, 212];
    const svg = figure.querySelector("svg");
    const output = figure.querySelector("output");
    const names = [...figure.querySelectorAll(".key")].map((key) => key.textContent);
    const columns = ["total", "content", "style", "tv"].filter((name) => figure.querySelector(`path.line-${name}`)).map((name) => ["total", "content", "style", "tv"].indexOf(name) + 2);
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
    cursor.setAttribute("class", "cursor");
    cursor.setAttribute("y1", top);
    cursor.setAttribute("y2", bottom);
    cursor.style.display = "none";
    svg.append(cursor);
    const first = points[0][0];
    const last = Math.max(points.at(-1)[0], first + 1);
    const mark = (iteration) => {
      cursor.style.display = iteration === null ? "none" : "";
      if (iteration === null) { output.textContent = ""; return; }
      const x = left + ((right - left) * (iteration - first)) / (last - first);
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      const point = points.find((p) => p[0] >= iteration) ?? points.at(-1);
      output.textContent = `${point[0]} · ${figure.dataset.seconds.replace("{0}", point[1].toFixed(1))} · ${columns.map((c, i) => `${names[i]} ${point[c].toPrecision(3)}`).join(" · ")}`;
    };
    if (timeline) timeline.onMove = mark;
    const follow = (event) => {
      const r = svg.getBoundingClientRect();
      const x = ((event.clientX - r.left) / r.width) * 640;
      const iteration = Math.round(first + ((last - first) * Math.min(1, Math.max(0, (x - left) / (right - left)))));
      mark(iteration);
      timeline?.toIteration(iteration);
    };
    svg.addEventListener("pointermove", follow);
    svg.addEventListener("pointerdown", follow);
    svg.addEventListener("pointerleave", () => { mark(null); timeline?.to(timeline.frames.length); });
  }

  const timelines = [];
  const sliders = [];
  for (const article of document.querySelectorAll("article")) {
    const box = article.querySelector(".stage");
    const stage = box && openStage(box, false);
    if (stage?.slider) sliders.push(stage.slider);
    if (stage) stage.cells = [...document.querySelectorAll(`.stage[data-of="${article.id}"]`)].map((cell) => openStage(cell, true));
    const frames = read(article.querySelector("script.frames"));
    const timeline = stage && frames ? openTimeline(stage, frames) : null;
    if (timeline) timelines.push({ timeline, label: frames.label });
    const figure = article.querySelector(".curves");
    if (figure) openCurves(figure, read(figure.querySelector("script.points")), timeline);
  }

  // One handle for all that are compared instead of one for each: by the part of their way, since runs may differ in length. Each
  // picture still says which frame it shows.
  const first = main?.querySelector("article");
  const oneForAll = (rows, label, most, value, move) => {
    if (!isLinked || rows.length < 2) return;
    rows.forEach((row) => { row.hidden = true; });
    let place = main.querySelector(".everything");
    if (!place) {
      place = element("div", "everything", main);
      main.insertBefore(place, main.querySelector(".grid-scroll") ?? first);
    }
    const { row, input, output } = control(place, label, most, value);
    place.append(row);
    input.addEventListener("input", () => { output.textContent = move(Number(input.value)); });
    output.textContent = move(value);
  };
  if (isLinked && timelines.length > 1) for (const { timeline } of timelines) {
    timeline.output.classList.add("at");
    timeline.row.before(timeline.output);
  }
  oneForAll(timelines.map(({ timeline }) => timeline.row), timelines[0]?.label, 1000, 1000, (value) => {
    timelines.forEach(({ timeline }) => timeline.to(Math.round((value / 1000) * timeline.frames.length)));
    const texts = new Set(timelines.map(({ timeline }) => timeline.output.textContent));
    return texts.size === 1 ? [...texts][0] : `${Math.round(value / 10)} %`;
  });
  oneForAll(sliders.map(({ row }) => row), sliders[0]?.label, 100, 0, (value) => {
    sliders.forEach((slider) => slider.to(value));
    return "";
  });
})();
