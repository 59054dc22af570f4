export const choice = () => localStorage.getItem("theme") ?? "system";

export function choose(value) {
  localStorage.setItem("theme", value);
}

// The server paints the next page as this one is; see App.razor.
export function applied(dark) {
  document.cookie = `dark=${dark ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
  document.documentElement.classList.toggle("dark-early", dark);
}

// The layout imports this module once its circuit is there: from now on a click is heard.
document.documentElement.dataset.alive = "";
