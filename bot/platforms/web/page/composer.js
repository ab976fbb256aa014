// The command line: completion while typing, earlier commands, Enter to ask.
// A combobox with a list box, as the ARIA practices describe it; the list opens only when one types.

import { completions } from "./api.js";
import { el, newId } from "./dom.js";

const input = document.getElementById("words");
const list = document.getElementById("completions");
const past = [];
let place = 0; // in `past`; its length stands for what is being typed
let draft = "";
let options = [];
let active = -1;
let typed = false; // since the last completion was taken
let pending = null;

/** Calls `ask(words)` for each command. */
export function startComposer(ask) {
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(ask);
  });
  input.addEventListener("input", () => {
    typed = true;
    // The prefix stands before the box already.
    if (/^\s*\/brief\s/i.test(input.value)) input.value = input.value.replace(/^\s*\/brief\s+/i, "");
    place = past.length;
    suggest();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !(list.hidden ? KEYS : LIST_KEYS)[event.key]?.(event)) return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
}

function submit(ask) {
  const words = input.value.trim().replace(/^\/brief(?=\s|$)\s*/i, "");
  if (past.at(-1) !== words && words) past.push(words);
  place = past.length;
  draft = "";
  input.value = "";
  close();
  ask(words);
}

// What the keys do, with the list closed and open; true if that was all.
const KEYS = {
  ArrowUp: () => recall(-1),
  ArrowDown: () => recall(1),
};
const LIST_KEYS = {
  ArrowUp: () => mark(active <= 0 ? options.length - 1 : active - 1),
  ArrowDown: () => mark((active + 1) % options.length),
  Enter: () => active >= 0 && take(active),
  // After a completion, Tab leaves the box as everywhere else.
  Tab: (event) => !event.shiftKey && (active >= 0 || typed) && take(Math.max(active, 0)),
  Escape: () => close(),
};

function recall(step) {
  const next = place + step;
  if (next < 0 || next > past.length) return false;
  if (place === past.length) draft = input.value;
  place = next;
  input.value = past[place] ?? draft;
  input.setSelectionRange(input.value.length, input.value.length);
  return true;
}

async function suggest() {
  pending?.abort();
  const words = input.value;
  if (!words.trim()) {
    close();
    return;
  }
  pending = new AbortController();
  try {
    options = await completions(words, pending.signal);
  } catch {
    options = []; // typed on, or unanswered: asking will say why
    return;
  }
  if (input.value !== words || document.activeElement !== input) return;
  const items = options.map((option, index) => item(option, index));
  list.replaceChildren(...items);
  list.hidden = !items.length;
  list.scrollTop = 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  mark(-1);
}

function item(option, index) {
  return el(
    "li",
    { class: "option", role: "option", id: newId("completion"), "aria-selected": "false", onclick: () => take(index) },
    el("span", { class: "label" }, option.label),
    option.hint ? el("span", { class: "hint" }, option.hint) : null,
  );
}

function mark(index) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = index;
  const marked = list.children[active];
  marked?.setAttribute("aria-selected", "true");
  marked?.scrollIntoView({ block: "nearest" });
  if (marked) input.setAttribute("aria-activedescendant", marked.id);
  else input.removeAttribute("aria-activedescendant");
  return true;
}

function take(index) {
  input.value = `${options[index].words.trim()} `;
  typed = false;
  close();
  suggest();
  return true;
}

function close() {
  pending?.abort();
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  mark(-1);
  return true;
}
