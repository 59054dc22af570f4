// The comparison's page: views, scrubber, curves and keyboard over one state, which the URL carries. It needs no server but for pixels,
// so a static page can use it as well: open(root, model, texts) with a model as /api/v1/comparison answers.

import { keep } from "../address.js";
import { openDialog } from "../dialogs.js";
import { createCamera } from "./camera.js";
import { createPictures } from "./pictures.js";
import { createStage, VIEWS } from "./stage.js";
import { createOverlay, termsOf } from "./overlay.js";
import { tellApart } from "./names.js";
import { createVote } from "./vote.js";
import * as clock from "./clock.js";

export const COLORS = ["#c8553d", "#2f7f8a", "#a07d2c", "#7461c9", "#3c8d53", "#c2478f", "#4a6fa5", "#8a5a44", "#77736c"];
const STEPS = 1000;

// The studio's own page: the model comes over HTTP, not through the circuit.
export async function openSessions(root, sessions, texts) {
  const view = open(root, await modelOf(sessions), texts);
  return Object.assign(view, { reload: async (next) => view.update(await modelOf(next)) });
}

async function modelOf(sessions) {
  const answer = await fetch(`/api/v1/comparison?s=${sessions.join(",")}`);
  if (!answer.ok) throw new Error(`The comparison could not be read (${answer.status}).`);
  return answer.json();
}

export function open(root, model, texts) {
  const find = (name) => root.querySelector(`[data-cmp=${name}]`);
  const stop = new AbortController();
  const on = (target, type, handler, options = {}) => target?.addEventListener(type, handler, { signal: stop.signal, ...options });
  const query = new URLSearchParams(location.search);
  const number = (name, fallback) => (query.has(name) && Number.isFinite(Number(query.get(name))) ? Number(query.get(name)) : fallback);

  const state = {
    view: [...VIEWS, "vote"].includes(query.get("view")) ? query.get("view") : "side",
    a: number("a", 0), b: number("b", 1), split: number("split", 0.5), showsB: false,
    gain: number("gain", 4), signed: query.get("signed") === "1",
    inputs: new Set((query.get("with") ?? "").split(",").filter(Boolean)),
    mode: clock.MODES.includes(query.get("at")) ? query.get("at") : "iteration",
    fraction: number("t", 1),
    term: query.get("term") ?? "total", axis: ["seconds", "evaluations"].includes(query.get("axis")) ? query.get("axis") : "iteration",
    logarithmic: query.get("log") !== "0", smoothing: number("smooth", 0),
  };
  const camera = createCamera({ u: number("x", 0.5), v: number("y", 0.5), zoom: number("z", 1) });
  const pictures = createPictures();
  const host = find("stage");
  let stage = createStage(host, { camera, pictures, texts });
  let vote = null;
  let runs = [];
  let hover = null;
  const overlay = createOverlay(find("chart"), texts, {
    after: pictures.shown,
    hovered(x) {
      hover = { mode: state.axis, value: x };
      follow();
    },
    left() {
      hover = null;
      follow();
    },
  });

  function take(next) {
    const before = new Map(runs.map((run) => [run.id, run]));
    runs = next.sessions.map((session, i) => ({
      ...session,
      letter: String.fromCharCode(65 + i),
      color: COLORS[i % COLORS.length],
      picture: session.picture && { ...session.picture, standIn: session.standIn },
      preview: hasEnded(session) ? null : before.get(session.id)?.preview ?? session.preview ?? null,
    }));
    state.a = Math.min(state.a, Math.max(0, subjects().length - 1));
    state.b = Math.min(state.b, Math.max(0, subjects().length - 1));
    fillChoices();
    show();
    curves();
  }

  const hasEnded = (run) => ["completed", "failed", "cancelled"].includes(run.state);

  // What there is to see: each run, then the inputs that were asked for, each once.
  function subjects() {
    const inputs = [...new Map(runs.flatMap((run) => [
      state.inputs.has("content") && run.content ? [run.content.id, { picture: run.content, label: texts.content }] : null,
      state.inputs.has("style") && run.style ? [run.style.id, { picture: run.style, label: texts.style }] : null,
    ].filter(Boolean))).entries()];
    const names = tellApart(runs.map((run) => run.title));
    return [
      ...runs.map((run, i) => ({
        key: run.id, label: names[i], title: run.title, letter: run.letter, color: run.color, href: `/sessions/${run.id}`,
        picture: () => pictureOf(run), facts: () => factsOf(run), waiting: () => texts[run.state] ?? texts.wait,
      })),
      ...inputs.map(([id, input]) => ({ key: id, label: input.label, letter: "·", color: "#77736c", picture: () => input.picture })),
    ];
  }

  function moment() {
    if (hover) return hover;
    if (state.fraction >= 1) return null;
    return { mode: state.mode, value: clock.valueAt(clock.rangeOf(runs, state.mode), state.mode, state.fraction) };
  }

  function iterationOf(run) {
    const at = moment();
    return at ? clock.iterationAt(run, at.mode, at.value) : run.trace.iterations.at(-1) ?? null;
  }

  const pictureOf = (run) => (moment() ? clock.frameAt(run, iterationOf(run)) : clock.newest(run));

  // Of the picture that is shown: frames are kept of some iterations only, so the nearest one may be another than was asked for.
  function factsOf(run) {
    const iteration = pictureOf(run)?.iteration ?? run.trace.iterations.at(-1) ?? null;
    if (iteration === null) return texts[run.state] ?? "";
    const loss = run.trace.terms.total?.[run.trace.iterations.indexOf(iteration)];
    const seconds = run.trace.seconds[run.trace.iterations.indexOf(iteration)];
    return [`${iteration}`, seconds === undefined ? null : texts.duration.replace("{0}", seconds.toFixed(1)), loss ? `L ${loss.toPrecision(3)}` : null, hasEnded(run) ? null : texts[run.state]].filter(Boolean).join(" · ");
  }

  function show() {
    for (const button of root.querySelectorAll("button[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
    for (const box of root.querySelectorAll("[data-with]")) box.setAttribute("aria-pressed", String(state.inputs.has(box.dataset.with)));
    root.dataset.view = state.view;
    find("pair").hidden = !["slider", "blink", "difference"].includes(state.view);
    find("amplify").hidden = state.view !== "difference";
    find("hint").textContent = texts[`hint_${state.view}`] ?? "";
    if (state.view === "vote") {
      if (!vote) {
        stage.dispose();
        vote = createVote(host, { camera, pictures, texts, sessions: () => runs.map((run) => run.id) });
      }
      return;
    }
    if (vote) {
      vote.dispose();
      vote = null;
      stage = createStage(host, { camera, pictures, texts });
    }
    stage.show(subjects(), state);
    handle();
  }

  // The scrubber moved, or a curve is pointed at.
  function follow() {
    if (!vote) stage.refresh();
    handle();
  }

  function handle() {
    const scrub = find("scrub");
    if (document.activeElement !== scrub) scrub.value = String(Math.round(state.fraction * STEPS));
    const at = moment();
    const text = at ? `${texts[at.mode]} ${format(at.value)}` : texts.newest;
    find("moment").textContent = text;
    // Its place stays, so that the scrubber keeps its length.
    find("latest").style.visibility = at ? "" : "hidden";
    scrub.setAttribute("aria-valuetext", text);
    for (const button of root.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === state.mode));
  }

  const format = (value) => (Math.abs(value) >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString());

  // Terms are called style/relu3_1/0 or content/relu4_2.
  function termName(term) {
    const [kind, ...place] = term.split("/");
    return [texts[`term_${kind}`] ?? kind, ...place].join("/");
  }

  function curves() {
    const terms = termsOf(runs);
    const choice = find("term");
    if (choice.dataset.terms !== terms.join()) {
      choice.dataset.terms = terms.join();
      choice.replaceChildren(...terms.map((term) => new Option(termName(term), term)));
    }
    if (!terms.includes(state.term)) state.term = "total";
    choice.value = state.term;
    for (const button of root.querySelectorAll("[data-axis]")) button.setAttribute("aria-pressed", String(button.dataset.axis === state.axis));
    find("log").setAttribute("aria-pressed", String(state.logarithmic));
    find("smooth").value = String(state.smoothing);
    const at = !hover && state.fraction < 1 && state.mode === state.axis ? moment().value : null;
    overlay.draw({ runs, term: state.term, axis: state.axis, logarithmic: state.logarithmic, smoothing: state.smoothing, at });
  }

  function fillChoices() {
    const all = subjects();
    for (const name of ["a", "b"]) {
      const choice = find(name);
      choice.replaceChildren(...all.map((s, i) => new Option(`${s.letter} ${s.label}`, String(i))));
      choice.value = String(state[name]);
    }
    find("gain").value = String(state.gain);
    find("signed").setAttribute("aria-pressed", String(state.signed));
  }

  function remember() {
    const usual = (value, normal) => (value === normal ? null : value);
    keep({
      view: usual(state.view, "side"),
      a: usual(state.a, 0),
      b: usual(state.b, 1),
      split: usual(Number(state.split.toFixed(3)), 0.5),
      gain: usual(state.gain, 4),
      signed: usual(state.signed ? 1 : 0, 0),
      with: usual([...state.inputs].join(","), ""),
      at: usual(state.mode, "iteration"),
      t: usual(Number(state.fraction.toFixed(4)), 1),
      term: usual(state.term, "total"),
      axis: usual(state.axis, "iteration"),
      log: usual(state.logarithmic ? 1 : 0, 1),
      smooth: usual(state.smoothing, 0),
      z: usual(Number(camera.state.zoom.toFixed(3)), 1),
      x: usual(Number(camera.state.u.toFixed(4)), 0.5),
      y: usual(Number(camera.state.v.toFixed(4)), 0.5),
    });
    find("zoom").textContent = `${Math.round(camera.state.zoom * 100)} %`;
    root.dataset.zoom = camera.state.zoom.toFixed(2);
  }

  function change(next, redraw = show) {
    Object.assign(state, next);
    redraw();
    remember();
  }

  function scrubTo(fraction) {
    change({ fraction: Math.min(1, Math.max(0, fraction)) }, () => {
      follow();
      if (state.mode === state.axis) curves();
    });
  }

  camera.on(remember);
  on(host, "split", remember);
  for (const button of root.querySelectorAll("button[data-view]")) on(button, "click", () => change({ view: button.dataset.view }));
  for (const button of root.querySelectorAll("[data-mode]")) on(button, "click", () => change({ mode: button.dataset.mode }, () => { follow(); curves(); }));
  for (const button of root.querySelectorAll("[data-axis]")) on(button, "click", () => change({ axis: button.dataset.axis }, curves));
  for (const box of root.querySelectorAll("[data-with]")) {
    on(box, "click", () => {
      if (!state.inputs.delete(box.dataset.with)) state.inputs.add(box.dataset.with);
      fillChoices();
      change({});
    });
  }
  for (const name of ["a", "b"]) on(find(name), "change", (event) => change({ [name]: Number(event.target.value) }));
  on(find("swap"), "click", () => swap());
  on(find("gain"), "input", (event) => change({ gain: Number(event.target.value) }));
  on(find("signed"), "click", () => {
    change({ signed: !state.signed });
    find("signed").setAttribute("aria-pressed", String(state.signed));
  });
  on(find("scrub"), "input", (event) => scrubTo(Number(event.target.value) / STEPS));
  on(find("latest"), "click", () => scrubTo(1));
  on(find("term"), "change", (event) => change({ term: event.target.value }, curves));
  on(find("log"), "click", () => change({ logarithmic: !state.logarithmic }, curves));
  on(find("smooth"), "input", (event) => change({ smoothing: Number(event.target.value) }, curves));
  on(find("fit"), "click", () => camera.reset());
  on(find("in"), "click", () => gestures()?.zoomBy(1.5));
  on(find("out"), "click", () => gestures()?.zoomBy(1 / 1.5));
  on(find("whole"), "click", () => (document.fullscreenElement ? document.exitFullscreen() : root.querySelector(".cmp-main").requestFullscreen()));

  const gestures = () => (vote ?? stage).gestures();

  function swap() {
    change({ a: state.b, b: state.a });
    fillChoices();
  }

  const typing = (event) => event.target.closest("input:not([type=range]), textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey || openDialog();
  on(document, "keydown", (event) => {
    if (typing(event)) return;
    const onRange = event.target.matches("input[type=range], [role=slider]");
    const step = event.shiftKey ? 200 : 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === " " && state.view === "blink" && (event.target.matches("[data-view=blink]") || !event.target.closest("button, a"))) {
      if (!event.repeat) change({ showsB: true }, () => stage.refresh());
    } else if (VIEWS[Number(event.key) - 1] && state.view !== "vote") change({ view: VIEWS[Number(event.key) - 1] });
    else if (event.key === "5" || (event.key === "Escape" && state.view === "vote")) change({ view: event.key === "5" ? "vote" : "side" });
    else if (event.key === "+" || event.key === "=") gestures()?.zoomBy(1.4);
    else if (event.key === "-") gestures()?.zoomBy(1 / 1.4);
    else if (event.key === "0") camera.reset();
    else if (event.key === "[" || event.key === ",") scrubTo(state.fraction - 0.02);
    else if (event.key === "]" || event.key === ".") scrubTo(state.fraction + 0.02);
    else if (event.key === "x") swap();
    else if (event.key === "f") find("whole").click();
    else if (moves[event.key] && !onRange && camera.state.zoom > 1) gestures()?.moveBy(...moves[event.key]);
    else return;
    event.preventDefault();
  });
  on(document, "keyup", (event) => {
    if (event.key === " " && state.showsB) change({ showsB: false }, () => stage.refresh());
  });
  // A finger has no space bar: pressing the picture itself blinks, as long as nothing is zoomed.
  on(host, "pointerdown", (event) => state.view === "blink" && event.target.closest(".cmp-view") && camera.state.zoom === 1 && change({ showsB: true }, () => stage.refresh()));
  on(document, "pointerup", () => state.showsB && change({ showsB: false }, () => stage.refresh()));

  take(model);
  remember();

  return {
    update: take,
    // From a live run: { iteration[], scale[], seconds[], evaluations[], terms{} } of what is new, and the newest preview.
    live(id, fresh, preview, runState) {
      const run = runs.find((r) => r.id === id);
      if (!run) return;
      if (fresh) append(run.trace, fresh);
      run.state = runState ?? run.state;
      run.iteration = run.trace.iterations.at(-1) ?? run.iteration;
      run.preview = hasEnded(run) ? null : preview ?? run.preview;
      if (!vote) stage.refresh();
      handle();
      if (fresh) curves();
    },
    url(sessions) {
      const url = new URL(location.href);
      url.searchParams.set("s", sessions.join(","));
      return (url.pathname + url.search).replaceAll("%2C", ",");
    },
    dispose() {
      stop.abort();
      vote?.dispose();
      if (!vote) stage.dispose();
      overlay.dispose();
      pictures.dispose();
    },
  };
}

// A run that went on from a checkpoint reports some iterations again: the later report holds.
function append(trace, fresh) {
  const first = fresh.iterations[0];
  const keep = first === undefined ? trace.iterations.length : trace.iterations.findIndex((iteration) => iteration >= first);
  const cut = keep < 0 ? trace.iterations.length : keep;
  for (const name of ["iterations", "scales", "seconds", "evaluations"]) trace[name] = trace[name].slice(0, cut).concat(fresh[name]);
  for (const name of new Set([...Object.keys(trace.terms), ...Object.keys(fresh.terms)])) {
    const before = (trace.terms[name] ?? new Array(cut).fill(null)).slice(0, cut);
    trace.terms[name] = before.concat(fresh.terms[name] ?? new Array(fresh.iterations.length).fill(null));
  }
}
