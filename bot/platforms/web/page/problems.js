// The panel of the briefing files' problems; it is there only while there are some.

import { el } from "./dom.js";

const panel = document.getElementById("problems");

/** Shows the problems: a list of {what, remedy, where, severity}. Returns a sentence about them. */
export function showProblems(problems) {
  const [title, list] = panel.children;
  const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"} in the briefings`;
  title.textContent = count;
  list.replaceChildren(...problems.map(item));
  const sentence = problems.length ? `${count}.` : panel.hidden ? "" : "No problems in the briefings.";
  panel.hidden = !problems.length;
  return sentence;
}

function item({ what, remedy, where, severity }) {
  return el(
    "li",
    {},
    el("b", { class: severity }, severity === "warning" ? "Warning" : "Error"),
    " ",
    where ? [el("code", {}, where), " "] : null,
    coded(`${what} — ${remedy}`),
  );
}

/** What stands between backticks, as code. */
function coded(text) {
  return text.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));
}
