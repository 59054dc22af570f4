// What tells runs apart. Cells of an experiment are called alike but for their last words, which a pane has no room for.

const SEPARATOR = " · ";

export function tellApart(titles) {
  const parts = titles.map((title) => title.split(SEPARATOR));
  if (titles.length < 2 || parts[0].length < 2 || parts.some((own) => own.length !== parts[0].length)) return titles;
  const different = parts[0].map((_, i) => parts.map((own) => own[i])).filter((column) => new Set(column).size > 1);
  if (different.length === 0) return titles;
  // One value alone would not say of what it is.
  const shown = different.length === 1 ? different : different.map(withoutCommonWords);
  return titles.map((_, i) => shown.map((column) => column[i]).join(SEPARATOR));
}

function withoutCommonWords(texts) {
  const words = texts.map((text) => text.split(" "));
  let common = 0;
  while (words.every((own) => own.length > common + 1 && own[common] === words[0][common])) common++;
  return words.map((own) => own.slice(common).join(" "));
}
