// A drop-down as both platforms have it: a label, and options with a line of description.
// Picking acts at once, so this is not <select>: there, arrow keys alone would pick.

import { el, newId } from "./dom.js";

/** A menu. `options` are {label, hint, value}; `pick` is told the value chosen. */
export function menu(label, options, pick) {
  const listId = newId("menu");
  const items = options.map((option) =>
    el(
      "li",
      { class: "option", role: "option", id: newId("option"), "aria-selected": "false" },
      el("span", { class: "label" }, option.label),
      option.hint ? el("span", { class: "hint" }, option.hint) : null,
    ),
  );
  const list = el("ul", { class: "options", role: "listbox", id: listId, "aria-label": label, hidden: true }, items);
  const button = el(
    "button",
    {
      class: "menu",
      type: "button",
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-label": label,
    },
    el("span", {}, label),
  );
  let active = -1;

  function mark(index) {
    items[active]?.setAttribute("aria-selected", "false");
    active = index;
    items[active]?.setAttribute("aria-selected", "true");
    items[active]?.scrollIntoView({ block: "nearest" });
    if (active < 0) button.removeAttribute("aria-activedescendant");
    else button.setAttribute("aria-activedescendant", items[active].id);
  }

  function show(open, first = -1) {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) list.classList.toggle("above", roomBelow(button) < list.offsetHeight + 12);
    mark(open ? first : -1);
  }

  function choose(index) {
    show(false);
    if (index >= 0) pick(options[index].value);
  }

  function typed(letter) {
    const places = items.map((_, place) => (active + 1 + place) % items.length);
    const found = places.find((place) => options[place].label.toLowerCase().startsWith(letter));
    if (found !== undefined) mark(found);
  }

  const keys = {
    ArrowDown: () => mark(Math.min(active + 1, items.length - 1)),
    ArrowUp: () => mark(Math.max(active - 1, 0)),
    Home: () => mark(0),
    End: () => mark(items.length - 1),
    Enter: () => choose(active),
    " ": () => choose(active),
    Escape: () => show(false),
  };
  button.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (!open && ["ArrowDown", "ArrowUp", "Enter", " "].includes(event.key)) {
      event.preventDefault();
      show(true, 0);
    } else if (open && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    } else if (open && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      typed(event.key.toLowerCase());
    }
  });
  button.addEventListener("click", () => show(list.hidden));
  button.addEventListener("blur", () => show(false));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus on the button
  items.forEach((item, index) => item.addEventListener("click", () => choose(index)));
  return el("div", { class: "menu-box" }, button, list);
}

function roomBelow(button) {
  const frame = document.getElementById("conversation").getBoundingClientRect();
  return frame.bottom - button.getBoundingClientRect().bottom;
}
