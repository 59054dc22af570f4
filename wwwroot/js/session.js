// A session's page: the picture, the curves and the timeline, which move together.

import { createViewer } from "./viewer.js";
import { createCurves } from "./curves.js";
import { createTimeline } from "./timeline.js";

export { isWanted, want, ended } from "./notify.js";

export async function open(root, session, texts) {
  const viewer = createViewer(root.querySelector(".stage"));
  const curves = createCurves(root.querySelector(".chart"), texts);
  const timeline = createTimeline(root.querySelector(".timeline"), session, viewer, curves);
  // The way here comes over HTTP, not through the circuit: on a slow line the newest picture does not wait for it.
  const early = [];
  let isRead = false;
  fetch(`/api/v1/sessions/${session}/curves`)
    .then((response) => (response.ok ? response.json() : null))
    .then((columns) => columns && curves.append(rows(columns)))
    .catch((error) => console.warn(error))
    .finally(() => {
      isRead = true;
      early.forEach((batch) => curves.append(batch));
    });

  return {
    append: (iterations) => (isRead ? curves.append(iterations) : early.push(iterations)),
    show: (url) => timeline.show(url),
    events: (list) => curves.setEvents(list),
    view: (settings) => curves.setView(settings),
    over(url) {
      timeline.refresh();
      if (url) timeline.show(url);
    },
    dispose() {
      viewer.dispose();
      timeline.dispose();
      curves.dispose();
    },
  };
}

function rows(columns) {
  const names = Object.keys(columns.terms);
  return columns.iteration.map((iteration, i) => ({
    iteration,
    scale: columns.scale[i],
    width: columns.width[i],
    height: columns.height[i],
    seconds: columns.seconds[i],
    total: columns.total[i],
    content: columns.content[i],
    style: columns.style[i],
    tv: columns.tv[i],
    note: columns.notes[iteration] ?? null,
    termNames: names,
    termValues: names.map((name) => columns.terms[name][i] ?? 0),
  }));
}
