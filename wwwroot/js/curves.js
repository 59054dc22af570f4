// Loss curves with Plotly: per term, per layer or per style, smoothed or not, with what happened marked.

let loading = null;

function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/_content/Plotly.Blazor/plotly-basic-3.7.0.min.js";
    // Pictures and the circuit's script first, where a line is slow.
    script.fetchPriority = "low";
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The chart library could not be loaded."));
    document.head.append(script);
  });
  return loading;
}

const REDRAW_MS = 350;
// Where nothing hovers the tools would lie on the legend for good.
const HAS_POINTER = matchMedia("(hover: hover)").matches;
const PALETTE = ["#c8553d", "#2f7f8a", "#a07d2c", "#6a5acd", "#4f8a4c", "#b04a7a", "#4a6fb0", "#8a6d5a", "#1f9e89", "#d0803a", "#7f7f7f", "#9c5bd1"];
const MAIN = [
  { name: "total", color: "--curve-total", width: 2.4 },
  { name: "content", color: "--curve-content", width: 1.6 },
  { name: "style", color: "--curve-style", width: 1.6 },
  { name: "tv", color: "--curve-tv", width: 1.6 },
  { name: "matting", color: "--curve-matting", width: 1.6 },
];
// What the engine notes, in English; each is said in the reader's language, with its numbers.
const NOTES = [
  ["converged", /^converged\b/],
  ["rose", /^stepped back, the objective rose from (\S+) to ([^\s;]+)/],
  ["infinite", /^stepped back, the objective was not a finite number/],
  ["small", /^style (\d+) is used at its own (\d+) pixels, not enlarged to (\d+)$/],
];

export function createCurves(parent) {
  const texts = JSON.parse(parent.dataset.texts);
  const element = document.createElement("div");
  element.className = "chart-plot";
  parent.append(element);
  // It is a megabyte: it comes while the trace does.
  plotly().catch(() => (element.textContent = texts.unavailable));
  let points = [];
  let events = [];
  let view = JSON.parse(parent.dataset.view);
  let marked = null;
  let timer = 0;
  let busy = false;
  let picked = () => {};
  const marker = document.createElement("div");
  marker.className = "curve-marker";
  marker.hidden = true;

  const css = (name) => getComputedStyle(element).getPropertyValue(name).trim();
  const along = (p) => (view.bySeconds ? p.seconds : p.iteration);

  // The matting term, which few recipes have, is among the terms only.
  const valueOf = (p, name) => p[name] ?? p.termValues[p.termNames.indexOf(name)] ?? 0;

  function noteOf(note) {
    for (const [name, pattern] of NOTES) {
      const found = note.match(pattern);
      if (found) return found.slice(1).reduce((text, value, i) => text.replace(`{${i}}`, value), texts[name]);
    }
    // Of several styles, each has its own.
    return note.includes("; style ") ? note.split("; ").map(noteOf).join("; ") : note;
  }

  // Terms are called style/relu3_1/0 or content/relu4_2: what is not shown by itself is added up.
  function series() {
    if (view.detail === "terms") {
      return MAIN.filter((s) => s.name === "total" || points.some((p) => valueOf(p, s.name) > 0))
        .map((s) => ({ name: texts[s.name] ?? s.name, color: css(s.color), width: s.width, values: points.map((p) => valueOf(p, s.name)) }));
    }
    const groups = new Map();
    points.forEach((p, i) => p.termNames.forEach((term, k) => {
      const [kind, layer, style] = term.split("/");
      if (view.detail === "styles" && kind !== "style") return;
      const name = view.detail === "layers" ? `${texts[kind] ?? kind} ${layer ?? ""}` : `${texts.style} ${Number(style ?? 0) + 1}`;
      if (!groups.has(name)) groups.set(name, new Array(points.length).fill(null));
      const values = groups.get(name);
      values[i] = (values[i] ?? 0) + p.termValues[k];
    }));
    return [...groups].map(([name, values], i) => ({ name, color: PALETTE[i % PALETTE.length], width: 1.7, values }));
  }

  // Exponential, without the pull to zero at the beginning.
  function smooth(values) {
    let sum = 0;
    let weight = 0;
    return values.map((v) => {
      if (v === null) return null;
      sum = view.smoothing * sum + (1 - view.smoothing) * v;
      weight = view.smoothing * weight + (1 - view.smoothing);
      return sum / weight;
    });
  }

  function traces() {
    const x = points.map(along);
    const level = (values) => (view.logarithmic ? values.map((v) => (v > 0 ? v : null)) : values);
    const drawn = [];
    for (const s of series()) {
      const line = (values, extra) => ({ x, y: level(values), name: s.name, mode: "lines", connectgaps: true, hovertemplate: "%{y:.3g}", line: { color: s.color, width: s.width }, ...extra });
      if (view.smoothing > 0) {
        drawn.push(line(s.values, { opacity: 0.25, showlegend: false, hoverinfo: "skip", hovertemplate: null, line: { color: s.color, width: 1 } }));
        drawn.push(line(smooth(s.values)));
      } else {
        drawn.push(line(s.values));
      }
    }
    const happened = marks();
    drawn.push({
      x: happened.map((m) => m.x), y: happened.map(() => 1), yaxis: "y2", mode: "markers", name: texts.events, showlegend: false,
      text: happened.map((m) => m.text), hovertemplate: "%{text}<extra></extra>",
      marker: { color: happened.map((m) => m.color), size: 9, symbol: happened.map((m) => m.symbol) },
    });
    return drawn;
  }

  // What happened: the pyramid goes up a scale, a weight was changed, the optimiser stepped back.
  function marks() {
    const found = [];
    const at = new Map(points.map((p) => [p.iteration, p]));
    points.forEach((p, i) => {
      if (i > 0 && p.scale !== points[i - 1].scale) found.push({ x: along(p), text: `${p.width} × ${p.height} px`, color: css("--curve-text"), symbol: "line-ns-open", line: "dot" });
      if (p.note) found.push({ x: along(p), text: noteOf(p.note), color: css("--curve-tv"), symbol: "triangle-down" });
    });
    for (const e of events) {
      const p = at.get(e.iteration + 1) ?? at.get(e.iteration);
      if (p) found.push({ x: along(p), text: e.text, color: css("--curve-event"), symbol: "diamond", line: "dash" });
    }
    return found;
  }

  function layout() {
    const grid = css("--curve-grid");
    const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid };
    return {
      uirevision: `${view.bySeconds}${view.logarithmic}${view.detail}`,
      margin: { l: 52, r: 14, t: 10, b: 36 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: css("--curve-text"), family: "system-ui, sans-serif", size: 12 },
      xaxis: { ...axis, title: { text: view.bySeconds ? texts.seconds : texts.iteration, standoff: 6 } },
      yaxis: { ...axis, type: view.logarithmic ? "log" : "linear", exponentformat: "power", nticks: 6 },
      yaxis2: { overlaying: "y", range: [0, 1.02], visible: false, fixedrange: true },
      showlegend: true,
      legend: { orientation: "h", y: 1.04, yanchor: "bottom", x: 0, font: { size: 11 } },
      hovermode: "x unified",
      hoverlabel: { bgcolor: css("--curve-hover"), bordercolor: grid },
      shapes: marks().filter((m) => m.line).map((m) => ({ type: "line", x0: m.x, x1: m.x, yref: "paper", y0: 0, y1: 1, line: { color: m.color, width: 1, dash: m.line } })),
    };
  }

  async function draw() {
    busy = true;
    try {
      const Plotly = await plotly();
      await Plotly.react(element, traces(), layout(), { displaylogo: false, displayModeBar: HAS_POINTER ? "hover" : false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] });
      if (!marker.isConnected) {
        element.append(marker);
        element.on("plotly_afterplot", place);
        element.on("plotly_click", (event) => picked(points[event.points[0].pointIndex]?.iteration ?? 1));
      }
      place();
    } catch (error) {
      console.warn(error);
    }
    busy = false;
  }

  // However many iterations come, a chart is drawn some times a second.
  function redraw(soon = false) {
    if (timer) return;
    timer = setTimeout(async () => {
      timer = 0;
      if (busy) redraw();
      else await draw();
    }, soon ? 0 : REDRAW_MS);
  }

  function place() {
    // Before its first points a chart by layers has no line, and then no value axis either.
    const { xaxis, yaxis } = element._fullLayout ?? {};
    const p = marked === null ? null : points.findLast((q) => q.iteration <= marked);
    marker.hidden = !p || !xaxis || !yaxis;
    if (marker.hidden) return;
    const left = xaxis._offset + xaxis.d2p(along(p));
    marker.style.cssText = `left:${left}px;top:${yaxis._offset}px;height:${yaxis._length}px`;
  }

  const themes = new MutationObserver(() => redraw(true));
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });

  return {
    append(iterations) {
      if (iterations.length === 0) return;
      // A run that went on from a checkpoint reports some iterations again.
      if (points.length > 0 && iterations[0].iteration <= points.at(-1).iteration) {
        points = points.filter((p) => p.iteration < iterations[0].iteration);
      }
      const isFirst = points.length === 0;
      points.push(...iterations);
      redraw(isFirst);
    },
    setEvents(list) {
      events = list;
      redraw(true);
    },
    setView(next) {
      view = next;
      redraw(true);
    },
    mark(iteration) {
      marked = iteration;
      place();
    },
    // The first iteration that is not here yet.
    next: () => (points.at(-1)?.iteration ?? 0) + 1,
    onPick: (handler) => (picked = handler),
    // To another place in the page, as it is.
    moveTo: (next) => next.append(element),
    isInPage: () => element.isConnected,
    dispose() {
      clearTimeout(timer);
      themes.disconnect();
      if (window.Plotly) window.Plotly.purge(element);
      element.remove();
    },
  };
}
