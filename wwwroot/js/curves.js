// Loss curves with Plotly, appended in batches. Plotly is loaded when the first curve is drawn, not with the page.

let loading = null;

function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/_content/Plotly.Blazor/plotly-basic-3.7.0.min.js";
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The chart library could not be loaded."));
    document.head.append(script);
  });
  return loading;
}

const SERIES = [
  { key: "total", name: "total", color: "--curve-total" },
  { key: "content", name: "content", color: "--curve-content" },
  { key: "style", name: "style", color: "--curve-style" },
  { key: "tv", name: "total variation", color: "--curve-tv" },
];

export function createCurves(element) {
  let points = [];
  let drawn = 0;
  let byseconds = false;
  let logarithmic = true;
  let ready = false;
  let queue = Promise.resolve();

  const css = (name) => getComputedStyle(element).getPropertyValue(name).trim();
  const along = (p) => (byseconds ? p.seconds : p.iteration);
  const level = (value) => (value > 0 || !logarithmic ? value : null);

  function layout() {
    const grid = css("--curve-grid");
    const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid, fixedrange: false };
    return {
      margin: { l: 52, r: 12, t: 8, b: 36 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: css("--curve-text"), family: "system-ui, sans-serif", size: 12 },
      xaxis: { ...axis, title: { text: byseconds ? "seconds" : "iteration", standoff: 6 } },
      yaxis: { ...axis, type: logarithmic ? "log" : "linear", exponentformat: "power", nticks: 6 },
      showlegend: true,
      legend: { orientation: "h", y: 1.12, x: 0 },
      hovermode: "x unified",
      hoverlabel: { bgcolor: css("--curve-hover") },
      shapes: scaleLines(),
    };
  }

  // Where the pyramid goes up a scale the losses jump: a line says why.
  function scaleLines() {
    const lines = [];
    for (let i = 1; i < points.length; i++) {
      if (points[i].scale !== points[i - 1].scale) {
        lines.push({ type: "line", x0: along(points[i]), x1: along(points[i]), yref: "paper", y0: 0, y1: 1, line: { color: css("--curve-grid"), width: 1, dash: "dot" } });
      }
    }
    return lines;
  }

  const traces = () => SERIES.map((s) => ({
    x: points.map(along),
    y: points.map((p) => level(p[s.key])),
    name: s.name,
    mode: "lines",
    line: { color: css(s.color), width: s.key === "total" ? 2.4 : 1.6 },
    connectgaps: true,
    hovertemplate: "%{y:.3g}",
  }));

  async function redraw() {
    const Plotly = await plotly();
    await Plotly.react(element, traces(), layout(), { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d"] });
    ready = true;
    drawn = points.length;
  }

  async function grow() {
    const Plotly = await plotly();
    const fresh = points.slice(drawn);
    if (fresh.length === 0) return;
    const jumps = fresh.some((p, i) => p.scale !== (i === 0 ? points[drawn - 1]?.scale : fresh[i - 1].scale));
    drawn = points.length;
    await Plotly.extendTraces(
      element,
      { x: SERIES.map(() => fresh.map(along)), y: SERIES.map((s) => fresh.map((p) => level(p[s.key]))) },
      SERIES.map((_, i) => i));
    if (jumps) await Plotly.relayout(element, { shapes: scaleLines() });
  }

  const enqueue = (work) => (queue = queue.then(work).catch((error) => console.warn(error)));
  const themes = new MutationObserver(() => ready && enqueue(redraw));
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });

  return {
    append(iterations) {
      // A run that went on from a checkpoint reports some iterations again.
      if (iterations.length > 0 && points.length > 0 && iterations[0].iteration <= points.at(-1).iteration) {
        points = points.filter((p) => p.iteration < iterations[0].iteration);
        ready = false;
      }
      points.push(...iterations);
      enqueue(() => (ready && drawn > 0 ? grow() : redraw()));
    },
    setAxis(seconds, log) {
      byseconds = seconds;
      logarithmic = log;
      enqueue(redraw);
    },
    dispose() {
      themes.disconnect();
      if (window.Plotly) window.Plotly.purge(element);
    },
  };
}
