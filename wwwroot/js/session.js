// A session's page: the picture, the curves and the timeline, which move together.

import { keep } from "./address.js";
import { createViewer } from "./viewer.js";
import { createCurves } from "./curves.js";
import { readCurves, takeEarly } from "./session-early.js";
import { createTimeline } from "./timeline.js";

export { isWanted, want, ended } from "./notify.js";

export async function open(root, session) {
  const viewer = createViewer(root.querySelector(".stage"));
  const chart = root.querySelector(".chart");
  const { curves, reading } = takeEarly(session, chart) ?? { curves: createCurves(chart) };
  const timeline = createTimeline(root.querySelector(".timeline"), session, viewer, curves, root.querySelector(".stage-image")?.getAttribute("src"));
  // The way here comes over HTTP, not through the circuit: on a slow line the newest picture does not wait for it.
  const early = [];
  let isRead = false;
  Promise.resolve(reading)
    .then(() => readCurves(session, curves.next()))
    .then((iterations) => curves.append(iterations))
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
    keep,
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
