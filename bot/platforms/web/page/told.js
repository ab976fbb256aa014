// The panel of what readers told: questions that nothing answers, and answers that helped or did not.

import { told, Unanswered } from "./api.js";
import { ask } from "./conversation.js";
import { el } from "./dom.js";

const panel = document.getElementById("told");
const [summary, lists] = panel.children;

/** Shows what was told by now; the panel is there only while there is something. */
export async function showTold() {
  let found;
  try {
    found = await told();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return; // the page says elsewhere that the bot is gone
  }
  const { open, closed, rated } = found;
  const count = `${open.length} ${open.length === 1 ? "question" : "questions"}`;
  summary.textContent = `For maintainers: ${count} of readers that nothing answers`;
  lists.replaceChildren(
    ...section("Open", open.map(openGap)),
    ...section("Closed", closed.map(closedGap)),
    ...section("Was this helpful? The most often unhelpful first", rated.map(ratedEntry)),
  );
  panel.hidden = !open.length && !closed.length && !rated.length;
}

function section(title, items) {
  return items.length ? [el("h3", {}, title), el("ul", {}, items)] : [];
}

function openGap({ nearest, sure, ...gap }) {
  const lead = sure ? "perhaps answered by now by " : "nearest: ";
  return el("li", {}, aboutGap(gap), nearest ? [" · ", lead, opens(nearest)] : null);
}

function closedGap({ by, ...gap }) {
  return el("li", {}, aboutGap(gap), " · closed by ", opens(by));
}

function aboutGap({ id, text, story, tenant, count, first, last }) {
  const times = count === 1 ? `asked once, on ${day(last)}` : `asked ${count} times from ${day(first)} to ${day(last)}`;
  const where = story ? `${tenant}, of ${story}` : tenant;
  return [el("code", {}, id), " ", el("b", {}, text), ` · ${times}, in ${where}`];
}

function day(at) {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

function ratedEntry({ label, story, key, words, yes, no }) {
  const name = words ? opens({ label, words, story }) : `${key} (${story}), which is gone`;
  return el("li", {}, `${no} no, ${yes} yes · `, name);
}

function opens({ label, words, story }) {
  return [el("button", { type: "button", class: "told-entry", onclick: () => ask(words) }, label), ` (${story})`];
}
