export const choice = () => localStorage.getItem("theme") ?? "system";

// Keeps the choice, and says whether the studio is dark by it.
export function choose(value) {
  localStorage.setItem("theme", value);
  const dark = value === "dark" || (value === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  // The server paints the next page as this one is; see App.razor.
  document.cookie = `dark=${dark ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
  document.documentElement.classList.toggle("dark-early", dark);
  return dark;
}

// The layout imports this module once its circuit is there: from now on a click is heard.
document.documentElement.dataset.alive = "";
