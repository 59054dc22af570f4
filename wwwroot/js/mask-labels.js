// Labels of a picture's pixels: 0 for none, then one number a region. Painting, filling, undoing; masks and colour maps read and written.

const UNDO_STEPS = 40;
// Less of a colour map than this is the edge between two regions, not a region.
const LEAST_SHARE = 0.002;
const MOST_COLOURS = 8;

export function createLabels(width, height) {
  let data = new Uint8Array(width * height);
  const undone = [];
  const done = [];

  const boxOf = (x0, y0, x1, y1) => {
    const x = Math.max(0, Math.floor(x0));
    const y = Math.max(0, Math.floor(y0));
    return { x, y, width: Math.min(width, Math.ceil(x1)) - x, height: Math.min(height, Math.ceil(y1)) - y };
  };

  return {
    get data() {
      return data;
    },
    remember() {
      done.push(data.slice());
      if (done.length > UNDO_STEPS) done.shift();
      undone.length = 0;
    },
    canUndo: () => done.length > 0,
    canRedo: () => undone.length > 0,
    undo() {
      if (done.length === 0) return false;
      undone.push(data);
      data = done.pop();
      return true;
    },
    redo() {
      if (undone.length === 0) return false;
      done.push(data);
      data = undone.pop();
      return true;
    },

    // A stroke with a round brush from one point to the next; answers with the box that changed.
    line(from, to, radius, label) {
      const box = boxOf(Math.min(from.x, to.x) - radius, Math.min(from.y, to.y) - radius, Math.max(from.x, to.x) + radius + 1, Math.max(from.y, to.y) + radius + 1);
      const dx = to.x - from.x;
      const dy = to.y - from.y;
      const length = dx * dx + dy * dy;
      for (let y = box.y; y < box.y + box.height; y++) {
        for (let x = box.x; x < box.x + box.width; x++) {
          const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x + 0.5 - from.x) * dx + (y + 0.5 - from.y) * dy) / length));
          const ex = x + 0.5 - from.x - t * dx;
          const ey = y + 0.5 - from.y - t * dy;
          if (ex * ex + ey * ey <= radius * radius) data[y * width + x] = label;
        }
      }
      return box;
    },

    // What hangs together with the point and has its colour, within a tolerance, and its label.
    flood(picture, px, py, tolerance, label) {
      const pixels = picture.getContext("2d").getImageData(0, 0, width, height).data;
      const start = Math.min(height - 1, Math.max(0, Math.floor(py))) * width + Math.min(width - 1, Math.max(0, Math.floor(px)));
      const old = data[start];
      const seed = [pixels[start * 4], pixels[start * 4 + 1], pixels[start * 4 + 2]];
      const limit = tolerance * tolerance * 3;
      const seen = new Uint8Array(width * height);
      const stack = [start];
      seen[start] = 1;
      while (stack.length > 0) {
        const at = stack.pop();
        data[at] = label;
        const x = at % width;
        for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
          if (next < 0 || next >= seen.length || seen[next] || data[next] !== old) continue;
          seen[next] = 1;
          const r = pixels[next * 4] - seed[0];
          const g = pixels[next * 4 + 1] - seed[1];
          const b = pixels[next * 4 + 2] - seed[2];
          if (r * r + g * g + b * b <= limit) stack.push(next);
        }
      }
    },

    put(mask, label) {
      for (let i = 0; i < data.length; i++) if (mask[i] > 127) data[i] = label;
    },
    replace(labels) {
      data = labels;
    },
    rest(label) {
      for (let i = 0; i < data.length; i++) if (data[i] === 0) data[i] = label;
    },
    // The region is gone; those after it move up.
    drop(label) {
      for (const labels of [data, ...done, ...undone]) {
        for (let i = 0; i < labels.length; i++) {
          if (labels[i] === label) labels[i] = 0;
          else if (labels[i] > label) labels[i]--;
        }
      }
    },
    shares(regions) {
      const counts = new Array(regions).fill(0);
      for (const label of data) if (label > 0 && label <= regions) counts[label - 1]++;
      return counts.map((count) => count / data.length);
    },
  };
}

async function pixelsOf(source, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

export async function readMask(url, width, height) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const pixels = await pixelsOf(image, width, height);
  return Uint8Array.from({ length: width * height }, (_, i) => pixels[i * 4]);
}

export async function readColourMap(file, width, height, known) {
  let source;
  try {
    source = await createImageBitmap(file);
  } catch {
    return { reason: "unreadable" };
  }
  const pixels = await pixelsOf(source, width, height);
  const colours = known?.length > 0 ? known : mainColours(pixels);
  if (colours.length < 2 || colours.length > MOST_COLOURS) return { reason: "colours", count: colours.length };
  const labels = new Uint8Array(width * height);
  for (let i = 0; i < labels.length; i++) {
    let best = Infinity;
    for (let c = 0; c < colours.length; c++) {
      const d = distance(colours[c], pixels, i * 4);
      if (d < best) [best, labels[i]] = [d, c + 1];
    }
  }
  return { colours, labels };
}

const distance = ([r, g, b], pixels, at) => (pixels[at] - r) ** 2 + (pixels[at + 1] - g) ** 2 + (pixels[at + 2] - b) ** 2;

// The colours that cover most, each far from the ones before it.
function mainColours(pixels) {
  const bins = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const key = (pixels[at] >> 4 << 8) | (pixels[at + 1] >> 4 << 4) | (pixels[at + 2] >> 4);
    const bin = bins.get(key) ?? { count: 0, r: 0, g: 0, b: 0 };
    bin.count++;
    bin.r += pixels[at];
    bin.g += pixels[at + 1];
    bin.b += pixels[at + 2];
    bins.set(key, bin);
  }
  const found = [];
  const least = LEAST_SHARE * (pixels.length / 4);
  for (const bin of [...bins.values()].sort((a, b) => b.count - a.count)) {
    if (bin.count < least || found.length > MOST_COLOURS) break;
    const colour = [bin.r, bin.g, bin.b].map((sum) => Math.round(sum / bin.count));
    if (found.every((other) => distance(other, colour, 0) > 60 ** 2)) found.push(colour);
  }
  return found;
}

// White inside, with a soft edge: three box blurs are close to a Gaussian. The border repeats, so that it stays white.
export async function softMaskBlob(labels, width, height, region, feather) {
  let mask = Float32Array.from(labels, (label) => (label === region ? 255 : 0));
  const radius = Math.round(feather);
  for (let pass = 0; radius > 0 && pass < 3; pass++) mask = blurred(blurred(mask, width, height, radius, true), width, height, radius, false);
  const pixels = new ImageData(width, height);
  for (let i = 0; i < mask.length; i++) {
    const value = Math.round(mask[i]);
    pixels.data.set([value, value, value, 255], i * 4);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

function blurred(from, width, height, radius, isAcross) {
  const to = new Float32Array(from.length);
  const [lines, length, step, next] = isAcross ? [height, width, 1, width] : [width, height, width, 1];
  const at = (line, i) => line * next + Math.min(length - 1, Math.max(0, i)) * step;
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += from[at(line, i)];
    for (let i = 0; i < length; i++) {
      to[at(line, i)] = sum / (2 * radius + 1);
      sum += from[at(line, i + radius + 1)] - from[at(line, i - radius)];
    }
  }
  return to;
}
