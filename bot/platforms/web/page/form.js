// A form of the bot, drawn as one: Slack and Discord open it as a dialog, here it is a card.

import { zones } from "./api.js";
import { el, newId } from "./dom.js";

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
      await submit({ words: form.words, values: fields.map(({ lead, control }) => [lead, control.value]) });
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
  const id = newId("field");
  const hintId = field.hint ? `${id}-hint` : null;
  const shared = { id, required: field.required, "aria-describedby": hintId };
  const [control, beside] = isMenu(field) ? [menu(field, shared), null] : typed(field, shared);
  const row = el(
    "div",
    { class: "form-row" },
    el("label", { for: id }, field.label, field.required ? null : el("span", {}, " (optional)")),
    control,
    beside,
    field.hint ? el("p", { id: hintId, class: "form-hint" }, field.hint) : null,
  );
  return { row, control };
}

// Where a menu has no option for the present value, that is typed: nothing chosen is lost.
function isMenu({ kind, value, options }) {
  return kind !== "text" && options.length > 0 && (!value || options.some(({ words }) => words === value));
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
  if (!field.options.length && !field.zone) return [input, null];
  const options = field.options.map(({ words, label }) => el("option", { value: words }, label === words ? null : label));
  const list = el("datalist", { id: newId("suggestions") }, options);
  input.setAttribute("list", list.id);
  // A browser suggests only what goes with the text: typing over the present one shows the others.
  input.addEventListener("focus", () => input.select());
  if (field.zone) suggestZones(input, list);
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
