// The window around every page: shortcuts, the skip link, sheets, and pictures dropped beside a picker.

import { openDialog } from "./dialogs.js";
import { importRecipe, isRecipe } from "./recipes.js";
import { uploadAll } from "./upload.js";

const SEQUENCE_MS = 1200;

export function attach(owner) {
  const abort = new AbortController();
  const on = (target, type, handler, options) => target.addEventListener(type, handler, { signal: abort.signal, ...options });
  const sheet = () => document.getElementById("shortcuts");
  let keys = new Set();
  let first = null;
  let firstAt = 0;

  const name = (event) => (event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const types = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=menu]");
  // A control's own keys come first: Space presses a button, arrows move a slider.
  const isTaken = (event, key) =>
    event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || types(event.target)
    || (["Space", "Enter"].includes(key) && event.target.closest("button, a, summary, input, [role=button]"))
    || (key.startsWith("Arrow") && event.target.closest("input, [role=slider], [role=img], canvas"))
    || openDialog();

  on(document, "keydown", (event) => {
    const key = name(event);
    if (isTaken(event, key)) return;
    const pair = first !== null && event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${key}` : null;
    first = null;
    if (pair !== null && keys.has(pair)) run(event, pair);
    else if ([...keys].some((k) => k.startsWith(`${key} `))) {
      first = key;
      firstAt = event.timeStamp;
    } else if (keys.has(key)) run(event, key);
  });

  function run(event, found) {
    event.preventDefault();
    owner.invokeMethodAsync("OnShortcut", found);
  }

  // A recipe is the window's to open wherever it falls, also on a picker.
  on(window, "drop", async (event) => {
    const file = [...(event.dataTransfer?.files ?? [])].find(isRecipe);
    if (!file || openDialog()) return;
    event.preventDefault();
    event.stopPropagation();
    const answer = await importRecipe(file);
    await owner.invokeMethodAsync(answer.id ? "OnRecipe" : "OnRefused", answer.id ?? answer.reason);
  }, { capture: true });

  on(document, "click", (event) => {
    if (event.target.closest(".skip-link")) {
      event.preventDefault();
      event.stopPropagation();
      document.getElementById("main").focus();
    }
    // Scripts write the address, too, which the server does not hear of.
    const language = event.target.closest("a[href^='/language/']");
    if (language) language.search = new URLSearchParams({ back: location.pathname + location.search });
    const more = document.getElementById("more");
    if (event.target.closest("#more a, #more .shortcuts-open") && more.matches(":popover-open")) more.hidePopover();
    if (event.target.closest("[data-close-dialog]") || event.target === sheet()) event.target.closest("dialog").close();
  }, { capture: true });

  // Which drops a picker takes never come here: it stops them.
  const veil = document.getElementById("drop-veil");
  const progress = document.getElementById("drop-progress");
  let depth = 0;
  let isOwn = false;
  // A picture of the page itself, dragged by accident, comes as a file, too.
  on(document, "dragstart", () => (isOwn = true), { capture: true });
  on(document, "dragend", () => (isOwn = false), { capture: true });
  const brings = (event) => !isOwn && event.dataTransfer?.types.includes("Files");
  const show = (visible) => {
    depth = visible ? depth : 0;
    veil.hidden = !visible;
  };
  on(window, "dragenter", (event) => {
    if (!brings(event)) return;
    depth++;
    if (!openDialog()) show(true);
  });
  on(window, "dragleave", () => (depth = Math.max(0, depth - 1)) === 0 && show(false));
  on(window, "dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    if (openDialog()) event.dataTransfer.dropEffect = "none";
  });
  on(window, "drop", () => show(false), { capture: true });
  on(window, "drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    if (!openDialog()) take([...event.dataTransfer.files]);
  });
  // What a picker of the page takes is not for the window.
  on(window, "paste", (event) => {
    if (event.defaultPrevented || openDialog()) return;
    take([...event.clipboardData.files].filter((file) => file.type.startsWith("image/")));
  });

  async function take(files) {
    const taken = [];
    await uploadAll(
      files,
      progress,
      ({ id, width, height }, file, isFurther) => taken.push({ id, width, height, name: file.name, isFurther }),
      (reason) => owner.invokeMethodAsync("OnRefused", reason));
    if (taken.length > 0) await owner.invokeMethodAsync("OnDropped", taken, taken.length < files.length);
  }

  return {
    listen(all) {
      keys = new Set(all);
      document.documentElement.dataset.keys = keys.size;
    },
    openShortcuts: () => sheet().open || sheet().showModal(),
    search: () => {
      const field = document.querySelector("main input[type=search], main .search input");
      field?.focus();
      field?.select();
    },
    dispose: () => abort.abort(),
  };
}
