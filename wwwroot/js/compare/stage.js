// The views of a comparison: panes in a grid, one pane with a slider, with a blink, or with a difference.

import { createPane } from "./pane.js";
import { createDifference } from "./difference.js";

export const VIEWS = ["side", "slider", "blink", "difference"];

// `subjects` are { key, label, letter, color, picture() }; `state` holds view, a, b (indices), split, gain, signed, showsB.
export function createStage(host, { camera, pictures, texts }) {
  let panes = [];
  let subjects = [];
  let state = null;
  let built = "";
  const difference = createDifference();

  const subject = (index) => subjects[Math.min(index, subjects.length - 1)];
  const aspectOf = (picture) => (picture ? picture.width / picture.height : 4 / 3);

  function show(nextSubjects, nextState) {
    subjects = nextSubjects;
    state = nextState;
    const shape = `${state.view}|${subjects.map((s) => `${s.key}${s.label}${s.color}`).join(",")}`;
    if (shape !== built) build(shape);
    refresh();
  }

  function refresh() {
    for (const pane of panes) pane.update?.();
    for (const pane of panes) pane.redraw();
  }

  function build(shape) {
    panes.forEach((pane) => pane.dispose());
    host.replaceChildren();
    built = shape;
    host.dataset.view = state.view;
    host.style.setProperty("--columns", String(columnsFor(subjects.length)));
    panes = state.view === "side" ? subjects.map((_, i) => sidePane(i)) : [singlePane()];
  }

  // As square as the room allows: nine are three by three, two stand beside each other.
  function columnsFor(count) {
    const room = host.clientWidth || 1200;
    const most = room < 560 ? 1 : room < 900 ? 2 : 5;
    const even = count <= 3 ? count : count === 4 ? 2 : count <= 6 ? 3 : count <= 9 ? 3 : 4;
    return Math.max(1, Math.min(most, even));
  }

  function figure(title) {
    const element = document.createElement("figure");
    element.className = "cmp-pane";
    const caption = document.createElement("figcaption");
    const view = document.createElement("div");
    view.className = "cmp-view";
    view.setAttribute("role", "img");
    view.setAttribute("aria-label", title);
    element.append(caption, view);
    host.append(element);
    return { element, caption, view };
  }

  function label(caption, items) {
    caption.replaceChildren(...items.map((item) => {
      const run = document.createElement("span");
      run.className = "cmp-run";
      const mark = document.createElement("span");
      mark.className = "cmp-letter";
      mark.style.setProperty("--run", item.color);
      mark.textContent = item.letter;
      const name = document.createElement(item.href ? "a" : "span");
      if (item.href) name.href = item.href;
      name.className = "cmp-name";
      name.textContent = item.label;
      name.title = item.title ?? item.label;
      const facts = document.createElement("span");
      facts.className = "cmp-facts";
      facts.textContent = item.facts?.() ?? "";
      run.append(mark, name, facts);
      return run;
    }));
  }

  function sidePane(index) {
    const { caption, view, element } = figure(subjects[index].label);
    element.dataset.key = subjects[index].key;
    label(caption, [subjects[index]]);
    const facts = caption.querySelector(".cmp-facts");
    const pane = createPane(view, {
      camera,
      pictures,
      aspect: () => aspectOf(subjects[index].picture()),
      render({ paint, context, width, height }) {
        const picture = subjects[index].picture();
        if (!picture) wait(context, width, height, subjects[index].waiting?.() ?? texts.wait);
        else paint(picture);
      },
    });
    return Object.assign(pane, { update: () => (facts.textContent = subjects[index].facts?.() ?? "") });
  }

  function wait(context, width, height, text) {
    context.fillStyle = getComputedStyle(host).color;
    context.globalAlpha = 0.6;
    context.font = `${14 * (window.devicePixelRatio || 1)}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.fillText(text, width / 2, height / 2);
    context.globalAlpha = 1;
  }

  function singlePane() {
    const { caption, view } = figure("");
    const handle = state.view === "slider" ? sliderHandle(view) : null;
    // A picture holds no controls; what holds one is a group.
    if (handle) view.setAttribute("role", "group");
    const pane = createPane(view, {
      camera,
      pictures,
      aspect: () => aspectOf(subject(state.a)?.picture()),
      render(brush) {
        const a = subject(state.a)?.picture();
        const b = subject(state.b)?.picture();
        if (!a && !b) wait(brush.context, brush.width, brush.height, texts.wait);
        else if (state.view === "slider") split(brush, a, b);
        else if (state.view === "difference") difference.draw(brush, a, b, state);
        else brush.paint(state.showsB ? b : a);
      },
    });
    return Object.assign(pane, {
      update() {
        const [a, b] = [subject(state.a), subject(state.b)];
        label(caption, state.view === "blink" ? [state.showsB ? b : a] : [a, b]);
        view.setAttribute("aria-label", `${texts[state.view]}: ${a?.label}, ${b?.label}`);
        handle?.place();
      },
    });
  }

  function split({ context, width, height, paint }, a, b) {
    const x = Math.round(width * state.split);
    for (const [picture, left, right] of [[a, 0, x], [b, x, width]]) {
      context.save();
      context.beginPath();
      context.rect(left, 0, right - left, height);
      context.clip();
      paint(picture);
      context.restore();
    }
  }

  function sliderHandle(view) {
    const handle = document.createElement("div");
    handle.className = "cmp-handle";
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", texts.handle);
    handle.setAttribute("aria-valuemin", "0");
    handle.setAttribute("aria-valuemax", "100");
    view.append(handle);
    const place = () => {
      handle.style.left = `${state.split * 100}%`;
      handle.setAttribute("aria-valuenow", String(Math.round(state.split * 100)));
    };
    const to = (split) => {
      state.split = Math.min(1, Math.max(0, split));
      place();
      panes.forEach((pane) => pane.redraw());
      host.dispatchEvent(new CustomEvent("split"));
    };
    handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = view.getBoundingClientRect();
      to((event.clientX - box.left) / box.width);
    });
    handle.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      event.stopPropagation();
      to(state.split + steps[event.key]);
    });
    view.addEventListener("dblclick", (event) => event.target === handle && event.stopPropagation(), true);
    return { place };
  }

  const sizes = new ResizeObserver(() => host.style.setProperty("--columns", String(columnsFor(subjects.length))));
  sizes.observe(host);

  return {
    show,
    refresh,
    gestures: () => panes[0]?.gestures,
    pane: () => panes[0],
    dispose() {
      sizes.disconnect();
      panes.forEach((pane) => pane.dispose());
    },
  };
}
