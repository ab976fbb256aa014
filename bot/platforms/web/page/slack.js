// A Slack message, drawn from the payload that Slack would get.

import { el, eye, link, notDrawn } from "./dom.js";
import { menu } from "./menu.js";
import { mrkdwn } from "./slack-text.js";
import { clock, slackDate } from "./times.js";

/** The message. `act` is told the action that Slack would send when a control is used. */
export function slackMessage(payload, { isPrivate, act, at }) {
  const blocks = payload.blocks?.length
    ? payload.blocks.map((block) => el("div", { class: `block ${block.type}` }, drawn(block, act)))
    : el("div", { class: "block section" }, mrkdwn(payload.text ?? ""));
  return el(
    "div",
    { class: "message" },
    isPrivate ? el("p", { class: "only-you" }, eye(), "Only visible to you") : null,
    el("img", { class: "avatar", src: "/page/icon.svg", alt: "" }),
    el(
      "p",
      { class: "by" },
      el("b", {}, "Briefing Bot"),
      " ",
      el("span", { class: "badge" }, "APP"),
      " ",
      el("time", {}, clock(at)),
    ),
    el("div", { class: "blocks" }, blocks),
  );
}

function drawn(block, act) {
  return BLOCKS[block.type]?.(block, act) ?? notDrawn(`Slack block “${block.type}”`);
}

const BLOCKS = {
  header: (block) => el("h3", {}, block.text.text),
  divider: () => el("hr"),
  section: (block, act) => [
    el("div", { class: "section-text" }, text(block.text), fields(block.fields)),
    block.accessory ? element(block.accessory, block, act) : null,
  ],
  context: (block, act) => block.elements.map((part) => el("span", {}, element(part, block, act))),
  actions: (block, act) => block.elements.map((part) => element(part, block, act)),
  rich_text: (block) => block.elements.map(richPart),
  table: (block) =>
    el(
      "table",
      {},
      block.rows.map((row, place) => el("tr", {}, row.map((cell) => el(place ? "td" : "th", {}, tableCell(cell))))),
    ),
};

const tableCell = (cell) => (cell.type === "rich_text" ? cell.elements.map(richPart) : String(cell.text ?? ""));

function text(object) {
  if (!object) return null;
  return object.type === "mrkdwn" ? mrkdwn(object.text) : object.text;
}

function fields(all) {
  return all ? el("div", { class: "fields" }, all.map((field) => el("div", {}, text(field)))) : null;
}

function element(part, block, act) {
  const ids = { action_id: part.action_id, block_id: block.block_id };
  switch (part.type) {
    case "mrkdwn":
    case "plain_text":
      return text(part);
    case "button":
      return button(part, () => act({ type: "button", ...ids, text: part.text, value: part.value }));
    case "static_select": {
      const pick = (option) => act({ type: "static_select", ...ids, selected_option: option });
      return menu(part.placeholder?.text ?? "Choose", selectOptions(part), pick);
    }
    default:
      return notDrawn(`Slack element “${part.type}”`);
  }
}

function button(part, act) {
  const look = { class: `button ${part.style ?? ""}`, "aria-label": part.accessibility_label };
  if (part.url) {
    const opened = link(part.url, part.text.text);
    opened.className = look.class;
    return opened;
  }
  return el("button", { ...look, type: "button", onclick: act }, part.text.text);
}

function selectOptions(part) {
  const options = part.options ?? part.option_groups.flatMap((group) => group.options);
  return options.map((option) => ({
    label: option.text.text,
    hint: option.description?.text,
    value: { text: option.text, value: option.value },
  }));
}

function richPart(part) {
  switch (part.type) {
    case "rich_text_section":
      return richSection(part.elements);
    case "rich_text_quote":
      return el("blockquote", {}, part.elements.map(richSpan));
    case "rich_text_preformatted":
      return el("pre", {}, part.elements.map(richSpan));
    case "rich_text_list": {
      const list = el(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}` });
      if (part.offset) list.setAttribute("start", part.offset + 1);
      list.append(...part.elements.map((item) => el("li", {}, item.elements.map(richSpan))));
      return list;
    }
    default:
      return notDrawn(`Slack rich text “${part.type}”`);
  }
}

/** A section. A line break at its edge is a small gap, as between Slack's paragraphs. */
function richSection(spans) {
  const isBreak = (span) => span?.type === "text" && span.text === "\n";
  const before = isBreak(spans[0]);
  const after = spans.length > 1 && isBreak(spans.at(-1));
  const shown = spans.slice(before ? 1 : 0, after ? -1 : undefined);
  const gaps = `${before ? "gap-before" : ""} ${after ? "gap-after" : ""}`;
  return el("div", { class: `rich-section ${gaps}` }, shown.map(richSpan));
}

function richSpan(span) {
  switch (span.type) {
    case "text":
      return styled(span.text, span.style);
    case "link":
      return link(span.url, styled(span.text ?? span.url, span.style));
    case "date":
      return el("time", {}, styled(slackDate(span.timestamp, span.format, span.fallback), span.style));
    case "user":
    case "channel":
    case "usergroup":
    case "broadcast":
      return el("span", { class: "mention" }, `@${span.range ?? span[`${span.type}_id`]}`);
    default:
      return notDrawn(`Slack text “${span.type}”`);
  }
}

function styled(content, style = {}) {
  const tags = { code: "code", strike: "s", italic: "i", bold: "b" };
  let node = document.createTextNode(content);
  for (const [name, tag] of Object.entries(tags)) if (style[name]) node = el(tag, {}, node);
  return node;
}
