// Where two pictures differ, amplified: |A − B|, or signed around grey, where brighter means more in B.

export function createDifference() {
  const sheets = [sheet(), sheet()];

  function sheet() {
    const canvas = document.createElement("canvas");
    return { canvas, context: canvas.getContext("2d", { willReadFrequently: true }) };
  }

  function draw({ context, width, height, paint }, a, b, { gain, signed }) {
    const drawn = [a, b].map((picture, i) => {
      const { canvas, context: own } = sheets[i];
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      } else {
        own.clearRect(0, 0, width, height);
      }
      return paint(picture, own);
    });
    if (!drawn[0] || !drawn[1]) {
      context.drawImage(sheets[drawn[0] ? 0 : 1].canvas, 0, 0);
      return;
    }
    const left = sheets[0].context.getImageData(0, 0, width, height);
    const one = new Uint32Array(left.data.buffer);
    const other = new Uint32Array(sheets[1].context.getImageData(0, 0, width, height).data.buffer);
    const table = levels(gain, signed);
    for (let i = 0; i < one.length; i++) {
      const p = one[i];
      const q = other[i];
      if (p >>> 24 === 0 || q >>> 24 === 0) {
        one[i] = 0;
        continue;
      }
      one[i] = 0xff000000
        | (table[255 + ((q >>> 16) & 255) - ((p >>> 16) & 255)] << 16)
        | (table[255 + ((q >>> 8) & 255) - ((p >>> 8) & 255)] << 8)
        | table[255 + (q & 255) - (p & 255)];
    }
    context.putImageData(left, 0, 0);
  }

  // Every difference from −255 to 255, looked up instead of computed three times a pixel.
  let kept = { gain: null, signed: null, table: null };
  function levels(gain, signed) {
    if (kept.gain !== gain || kept.signed !== signed) {
      const table = new Uint8ClampedArray(511);
      for (let d = -255; d <= 255; d++) table[255 + d] = signed ? 128 + (d * gain) / 2 : Math.abs(d) * gain;
      kept = { gain, signed, table };
    }
    return kept.table;
  }

  return { draw };
}
