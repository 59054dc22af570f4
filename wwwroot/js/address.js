// What is looked at, in the address: a reload, a bookmark and the way back find it again.

// A slider on its way writes once, when it rests; browsers refuse who writes too often.
const REST_MS = 200;
let waiting = {};
let page = "";
let timer = 0;

export const kept = (name) => new URLSearchParams(location.search).get(name);

// Values by name; null for what is as usual, which the address leaves out.
export function keep(values) {
  // What another page still had to write is not of this one.
  waiting = page === location.pathname ? { ...waiting, ...values } : values;
  page = location.pathname;
  clearTimeout(timer);
  timer = setTimeout(() => {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(waiting)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    waiting = {};
    // Blazor counts its pages in the state.
    if (location.pathname === page && url.href !== location.href) history.replaceState(history.state, "", url);
  }, REST_MS);
}
