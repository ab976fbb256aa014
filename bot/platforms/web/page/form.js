// A form of the bot, drawn as one: Slack and Discord open it as a dialog, here it is a card.

import { zones } from "./api.js";
import { el, newId } from "./dom.js";

const ALL = "all";

/** The form. `submit` is told {words, values: [[lead, value], …]}, and resolves when that is answered. */
export function formCard(form, submit) {
  const title = el("h3", { id: newId("form") }, form.title);
  const fields = form.fields.map((field) => ({ lead: field.lead, ...drawn(field) }));
  let busy = false;
  const send = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await submit({ words: form.words, values: fields.map(({ lead, value }) => [lead, value()]) });
    } finally {
      busy = false;
    }
  };
  return el(
    "form",
    { class: "form-card", "aria-labelledby": title.id, autocomplete: "off", onsubmit: send },
    title,
    el("p", { class: "form-about" }, "Slack and Discord open this as a dialog."),
    fields.map(({ row }) => row),
    el("button", { class: "form-submit" }, form.submit),
  );
}

function drawn(field) {
  const hint = field.hint ? el("p", { id: newId("hint"), class: "form-hint" }, field.hint) : null;
  if (field.kind === "stories" && field.options.length) return stories(field, hint);
  const shared = { id: newId("field"), required: field.required, "aria-describedby": hint?.id };
  const [control, beside] = isMenu(field) ? [menu(field, shared), null] : typed(field, shared);
  const label = el("label", { for: shared.id }, field.label, field.required ? null : el("span", {}, " (optional)"));
  return { row: el("div", { class: "form-row" }, label, control, beside, hint), value: () => control.value };
}

// Where a menu has no option for the present value, that is typed: nothing chosen is lost.
function isMenu({ kind, value, options }) {
  const menus = kind === "choice" || kind === "channel";
  return menus && options.length > 0 && (!value || options.some(({ words }) => words === value));
}

function menu(field, shared) {
  const chosen = ({ words }) => (words === field.value ? true : null);
  const empty = field.options.some(({ words }) => !words) ? null : el("option", { value: "" }, field.required ? "Choose …" : "—");
  const options = field.options.map((option) =>
    el("option", { value: option.words, selected: chosen(option) }, option.hint ? `${option.label} — ${option.hint}` : option.label),
  );
  return el("select", { ...shared, required: empty && field.required }, empty, options);
}

function typed(field, shared) {
  const input = el("input", { type: "text", value: field.value, ...shared });
  if (!field.options.length && field.kind !== "zone") return [input, null];
  const options = field.options.map(({ words, label }) => el("option", { value: words }, label === words ? null : label));
  const list = el("datalist", { id: newId("suggestions") }, options);
  input.setAttribute("list", list.id);
  // A browser suggests only what goes with the text: typing over the present one shows the others.
  input.addEventListener("focus", () => input.select());
  if (field.kind === "zone") suggestZones(input, list);
  return [input, list];
}

/** Offers the zones that go with what is typed: a browser would not know that Houston is in America/Chicago. */
function suggestZones(input, list) {
  let pending = null;
  const suggest = async () => {
    pending?.abort();
    pending = new AbortController();
    const words = input.value;
    const found = await zones(words, pending.signal).catch(() => null); // typed on, or unanswered: asking will say why
    if (!found || input.value !== words) return;
    list.replaceChildren(...found.map((zone) => el("option", { value: zone, label: zone.includes(words) ? null : words })));
  };
  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest, { once: true });
}

/** Boxes to tick: all stories, or some. Stories that are chosen already have one, whatever is offered. */
function stories(field, hint) {
  const chosen = field.value.split(",").map((slug) => slug.trim()).filter(Boolean);
  const offered = field.options.filter(({ words }) => words !== ALL);
  const gone = chosen.filter((slug) => slug !== ALL && !offered.some(({ words }) => words === slug));
  const all = el("input", { type: "checkbox", value: ALL });
  const some = [...offered.map(({ words }) => words), ...gone].map((slug) => el("input", { type: "checkbox", value: slug, checked: chosen.includes(slug) }));
  const ticked = () => some.filter((box) => box.checked);
  const balance = () => {
    all.checked = !ticked().length;
  };
  all.addEventListener("change", () => {
    for (const box of some) box.checked = false;
    balance();
  });
  for (const box of some) box.addEventListener("change", balance);
  balance();
  const named = field.options.find(({ words }) => words === ALL)?.label ?? "All stories";
  const labels = [named, ...offered.map(({ label }) => label), ...gone];
  const row = el(
    "fieldset",
    { class: "form-row", "aria-describedby": hint?.id },
    el("legend", {}, field.label),
    el("div", { class: "form-boxes" }, [all, ...some].map((box, place) => el("label", {}, box, " ", labels[place]))),
  );
  return { row, value: () => ticked().map((box) => box.value).join(", ") || ALL };
}
