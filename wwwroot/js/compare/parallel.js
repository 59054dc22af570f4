// Parallel coordinates: a line for each cell, an axis for each parameter and outcome. A press chooses a line, two open its session;
// a drag along an axis keeps what passes through there.

const [WIDTH, HEIGHT, TOP, BOTTOM, SIDE] = [1000, 320, 34, 26, 70];

const make = (name, attributes = {}, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

const drawn = new WeakMap();

export function drawParallel(host, { axes, lines }, { toggled, opened }) {
  // What is chosen only marks lines: drawn anew they would lose the focus, and the second press of two.
  const key = JSON.stringify([axes, lines.map(({ session, label, values }) => [session, label, values])]);
  if (drawn.get(host)?.key !== key) drawn.set(host, { key, mark: draw(host, axes, lines, toggled, opened) });
  drawn.get(host).mark(lines);
}

function draw(host, axes, lines, toggled, opened) {
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "exp-parallel", role: "group", "aria-label": axes.map((axis) => axis.title).join(", ") });
  host.replaceChildren(svg);
  const scales = axes.map((axis, i) => scaleOf(axis, lines.map((line) => line.values[i])));
  const x = (i) => SIDE + (i * (WIDTH - 2 * SIDE)) / Math.max(1, axes.length - 1);
  const y = (share) => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  const kept = axes.map(() => null);

  const ways = lines.map((line) => {
    const shares = line.values.map((value, i) => scales[i].share(value));
    const points = shares.map((share, i) => (share === null ? null : `${x(i)} ${y(share)}`)).filter(Boolean);
    const loss = shares.at(-1) ?? 0.5;
    const way = `M${points.join("L")}`;
    const group = make("g", { tabindex: "0", role: "button", "aria-label": line.label });
    group.append(
      make("title", {}, line.label),
      make("path", { d: way, class: "hit" }),
      make("path", { d: way, class: "way", style: `stroke: color-mix(in srgb, #2f7f8a ${Math.round((1 - loss) * 100)}%, #c8553d)` }),
    );
    group.addEventListener("click", () => toggled(line.session));
    group.addEventListener("dblclick", () => opened(line.session));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggled(line.session);
    });
    svg.append(group);
    return { group, session: line.session, shares };
  });

  axes.forEach((axis, i) => {
    svg.append(make("line", { x1: x(i), x2: x(i), y1: y(0), y2: y(1) }));
    svg.append(make("text", { x: x(i), y: 16, "text-anchor": "middle", class: "head" }, axis.title.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)));
    for (const [share, text] of scales[i].ticks) svg.append(make("text", { x: x(i) + 6, y: y(share) + 4 }, text));
    brush(i);
  });

  function brush(i) {
    const area = make("rect", { x: x(i) - 14, y: y(1), width: 28, height: y(0) - y(1), fill: "transparent", style: "cursor: ns-resize" });
    const mark = make("rect", { x: x(i) - 7, width: 14, class: "brush", visibility: "hidden", "pointer-events": "none" });
    let from = null;
    const share = (event) => {
      const box = svg.getBoundingClientRect();
      const at = ((event.clientY - box.top) / box.height) * HEIGHT;
      return Math.min(1, Math.max(0, (HEIGHT - BOTTOM - at) / (HEIGHT - TOP - BOTTOM)));
    };
    const show = () => {
      mark.setAttribute("visibility", kept[i] ? "visible" : "hidden");
      if (kept[i]) {
        mark.setAttribute("y", y(kept[i][1]));
        mark.setAttribute("height", y(kept[i][0]) - y(kept[i][1]));
      }
      for (const { group, shares } of ways) {
        group.classList.toggle("out", kept.some((range, k) => range && (shares[k] === null || shares[k] < range[0] - 1e-9 || shares[k] > range[1] + 1e-9)));
      }
    };
    area.addEventListener("pointerdown", (event) => {
      area.setPointerCapture(event.pointerId);
      from = share(event);
      kept[i] = null;
      show();
    });
    area.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const to = share(event);
      kept[i] = Math.abs(to - from) < 0.01 ? null : [Math.min(from, to), Math.max(from, to)];
      show();
    });
    area.addEventListener("pointerup", () => (from = null));
    svg.append(area, mark);
  }

  return (now) => {
    const chosen = new Set(now.filter((line) => line.isChosen).map((line) => line.session));
    for (const { group, session } of ways) group.setAttribute("aria-pressed", String(chosen.has(session)));
  };
}

function scaleOf(axis, values) {
  if (axis.names) {
    const last = Math.max(1, axis.names.length - 1);
    return { share: (value) => (value === null ? null : value / last), ticks: axis.names.map((name, i) => [i / last, name.length > 16 ? `${name.slice(0, 15)}…` : name]) };
  }
  const real = values.filter((value) => value !== null && (!axis.logarithmic || value > 0));
  const at = axis.logarithmic ? Math.log : (value) => value;
  const low = Math.min(...real.map(at));
  const high = Math.max(...real.map(at));
  const share = (value) => (value === null || (axis.logarithmic && value <= 0) || real.length === 0 ? null : high > low ? (at(value) - low) / (high - low) : 0.5);
  const text = (value) => Number(value.toPrecision(3)).toString();
  return { share, ticks: real.length === 0 ? [] : [...new Set([Math.min(...real), Math.max(...real)])].map((value) => [share(value), text(value)]) };
}
