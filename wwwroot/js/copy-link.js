// Outside https and localhost browsers keep the clipboard closed; there the old way, and failing that the text stands selected.
export async function copy(input) {
  input.focus();
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
