// Sets the chosen theme and width before anything is drawn, so that nothing flashes.
"use strict";
for (const name of ["theme", "width"]) {
  let kept = null;
  try {
    kept = localStorage.getItem(name);
  } catch {
    // Storage may be forbidden: then the choice lasts as long as the page.
  }
  if (kept) document.documentElement.dataset[name] = kept;
}
