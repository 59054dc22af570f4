// The losses of several runs in one chart: any term, by iteration, seconds or evaluations, smoothed with the raw line faint behind.

import { axisOf } from "./clock.js";

let loading = null;

function plotly() {
  loading ??= window.Plotly
    ? Promise.resolve(window.Plotly)
    : new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "/_content/Plotly.Blazor/plotly-basic-3.7.0.min.js";
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error("The chart library could not be loaded."));
      document.head.append(script);
    });
  return loading;
}

// An exponential average that starts at the first value instead of at nothing; logarithms are averaged where logarithms are shown.
export function smooth(values, strength, logarithmic) {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null || (logarithmic && value <= 0)) return null;
    sum = sum * strength + (logarithmic ? Math.log(value) : value) * (1 - strength);
    weight = weight * strength + (1 - strength);
    return logarithmic ? Math.exp(sum / weight) : sum / weight;
  });
}

export function termsOf(runs) {
  const names = new Set(runs.flatMap((run) => Object.keys(run.trace.terms)));
  const first = ["total", "content", "style", "tv", "matting"].filter((name) => names.has(name));
  return [...first, ...[...names].filter((name) => !first.includes(name)).sort()];
}

// The chart library takes the main thread for some hundred milliseconds: pictures come first, if they come soon.
const PATIENCE = 1500;

export function createOverlay(element, texts, { hovered, left, after }) {
  let queue = Promise.race([after, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
  let ready = false;
  let latest = null;
  let waiting = false;

  const css = (name) => getComputedStyle(element).getPropertyValue(name).trim();

  function traces({ runs, term, axis, logarithmic, smoothing }) {
    return runs.flatMap((run) => {
      const x = axisOf(run, axis);
      const y = (run.trace.terms[term] ?? []).map((value) => (value === null || (logarithmic && value <= 0) ? null : value));
      const line = { x, name: `${run.letter} ${run.title}`, mode: "lines", connectgaps: true, hovertemplate: `${run.letter} %{y:.4g}<extra></extra>` };
      if (smoothing === 0) return [{ ...line, y, line: { color: run.color, width: 1.8 } }];
      return [
        { ...line, y, line: { color: run.color, width: 1 }, opacity: 0.28, showlegend: false, hoverinfo: "skip", hovertemplate: undefined },
        { ...line, y: smooth(y, smoothing, logarithmic), line: { color: run.color, width: 2 } },
      ];
    });
  }

  function layout({ axis, logarithmic, at }) {
    const grid = css("--curve-grid");
    const line = { gridcolor: grid, zerolinecolor: grid, linecolor: grid };
    return {
      margin: { l: 56, r: 10, t: 6, b: 36 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: css("--curve-text"), family: "system-ui, sans-serif", size: 12 },
      xaxis: { ...line, title: { text: texts[axis] ?? axis, standoff: 6 } },
      yaxis: { ...line, type: logarithmic ? "log" : "linear", exponentformat: "power", nticks: 6 },
      showlegend: false,
      hovermode: "x",
      hoverlabel: { bgcolor: css("--curve-hover"), font: { color: css("--curve-total") } },
      uirevision: `${axis}${logarithmic}`,
      shapes: at === null || at === undefined ? [] : [{ type: "line", x0: at, x1: at, yref: "paper", y0: 0, y1: 1, line: { color: css("--curve-text"), width: 1, dash: "dot" } }],
    };
  }

  async function redraw() {
    const Plotly = await plotly().catch((error) => {
      element.textContent = texts.unavailable;
      throw error;
    });
    waiting = false;
    await Plotly.react(element, traces(latest), layout(latest), { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d"] });
    if (!ready) {
      ready = true;
      element.on("plotly_hover", (event) => hovered(event.points[0].x));
      element.on("plotly_unhover", () => left());
    }
  }

  function draw(what) {
    latest = what;
    if (waiting) return;
    waiting = true;
    queue = queue.then(redraw).catch((error) => console.warn(error));
  }

  const themes = new MutationObserver(() => ready && draw(latest));
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });

  return {
    draw,
    dispose() {
      themes.disconnect();
      if (window.Plotly && ready) window.Plotly.purge(element);
    },
  };
}
