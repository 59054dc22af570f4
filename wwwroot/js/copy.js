// Copies a text. Outside https and localhost browsers keep the clipboard closed; there the old way.

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}

// The text stays selected, so that it can be copied by hand where a browser refuses.
export async function copyFrom(input) {
  const isCopied = await copy(input.value);
  input.focus();
  input.select();
  return isCopied;
}
