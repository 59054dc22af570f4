import { createViewer } from "./viewer.js";
import { createCurves } from "./curves.js";

export function open(stage, chart) {
  const viewer = createViewer(stage);
  const curves = createCurves(chart);
  return {
    append: (iterations) => curves.append(iterations),
    show: (url) => viewer.show(url),
    axis: (seconds, logarithmic) => curves.setAxis(seconds, logarithmic),
    resetView: () => viewer.reset(),
    dispose: () => curves.dispose(),
  };
}
