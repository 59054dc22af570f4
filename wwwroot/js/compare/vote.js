// Blind votes: pairs without names, until somebody has seen enough; then a ranking with its uncertainty.

import { openDialog } from "../dialogs.js";
import { createPane } from "./pane.js";

export function createVote(host, { camera, pictures, texts, sessions }) {
  const stop = new AbortController();
  let panes = [];
  let pair = null;
  let busy = false;
  let votes = 0;

  const api = (path, options) => fetch(`/api/v1/votes${path}`, options);
  const chosen = () => `s=${sessions().join(",")}`;

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function button(text, key, action) {
    const made = element("button", "cmp-vote-button", text);
    made.type = "button";
    const hint = element("kbd", "", key);
    made.append(" ", hint);
    made.addEventListener("click", action);
    return made;
  }

  host.replaceChildren();
  host.dataset.view = "vote";
  const stage = element("div", "cmp-vote-stage");
  const bar = element("div", "cmp-vote-bar");
  const note = element("p", "quiet");
  note.setAttribute("role", "status");
  host.append(stage, bar, note);
  bar.append(
    button(texts.left, "1", () => cast("left")),
    button(texts.equal, "2", () => cast("equal")),
    button(texts.right, "3", () => cast("right")),
    button(texts.ranking, "Enter", () => rank()));

  async function next() {
    const answer = await api(`/next?${chosen()}`);
    if (!answer.ok) {
      note.textContent = (await answer.json()).detail;
      return;
    }
    pair = await answer.json();
    votes = pair.votes;
    note.textContent = texts.votes.replace("{0}", votes);
    clear();
    panes = [pair.left, pair.right].map((side, i) => {
      const view = element("div", "cmp-view");
      view.setAttribute("role", "img");
      view.setAttribute("aria-label", i === 0 ? texts.leftPicture : texts.rightPicture);
      stage.append(view);
      const picture = { id: side.imageId, width: side.width, height: side.height };
      return createPane(view, { camera, pictures, aspect: () => picture.width / picture.height, render: ({ paint }) => paint(picture) });
    });
  }

  function clear() {
    panes.forEach((pane) => pane.dispose());
    panes = [];
    stage.replaceChildren();
  }

  async function cast(outcome) {
    if (!pair || busy) return;
    busy = true;
    const answer = await api("", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ left: pair.left.session, right: pair.right.session, outcome }),
    });
    if (!answer.ok) note.textContent = (await answer.json()).detail;
    await next();
    busy = false;
  }

  async function rank() {
    const answer = await api(`/ranking?${chosen()}`);
    if (!answer.ok) return;
    const ranked = await answer.json();
    pair = null;
    clear();
    bar.hidden = true;
    const low = Math.min(...ranked.map((row) => row.low));
    const high = Math.max(...ranked.map((row) => row.high));
    const at = (value) => `${((value - low) / (high - low || 1)) * 100}%`;
    const table = element("table", "cmp-ranking");
    const head = table.createTHead().insertRow();
    for (const text of ["", texts.session, texts.strength, texts.record]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    ranked.forEach((row, i) => {
      const line = body.insertRow();
      line.insertCell().textContent = String(i + 1);
      line.insertCell().textContent = row.title;
      const bar = element("div", "cmp-interval");
      const span = element("i", "");
      span.style.left = at(row.low);
      span.style.right = `calc(100% - ${at(row.high)})`;
      const dot = element("b", "");
      dot.style.left = at(row.strength);
      bar.append(span, dot);
      bar.title = `${row.strength.toFixed(2)} (${row.low.toFixed(2)} … ${row.high.toFixed(2)})`;
      line.insertCell().append(bar);
      line.insertCell().textContent = `${row.wins} / ${row.losses} / ${row.ties}`;
    });
    stage.append(table);
    note.textContent = texts.rankingNote.replace("{0}", votes);
    note.append(" ", (() => {
      const more = element("button", "cmp-link", texts.more);
      more.type = "button";
      more.addEventListener("click", () => {
        bar.hidden = false;
        next();
      });
      return more;
    })());
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || openDialog()) return;
    const outcome = { 1: "left", 2: "equal", 3: "right" }[event.key];
    if (outcome) cast(outcome);
    else if (event.key === "Enter" && event.target.tagName !== "BUTTON") rank();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { signal: stop.signal, capture: true });

  next();
  return {
    gestures: () => panes[0]?.gestures,
    dispose() {
      stop.abort();
      clear();
    },
  };
}
