// Slack's mrkdwn, as it is drawn when it is marked verbatim: only explicit markup counts.

import { el, link, notDrawn } from "./dom.js";
import { slackDate } from "./times.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "b", _: "i", "~": "s" };

/** Text without the three entities that Slack knows. */
export function decoded(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** The nodes of a mrkdwn text. */
export function mrkdwn(text) {
  return text.split("```").flatMap((part, place, all) => {
    if (place % 2 === 0) return lines(part);
    return place === all.length - 1 ? ["```", ...lines(part)] : [el("pre", {}, decoded(part))];
  });
}

function lines(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, place) => {
    const quoted = line.match(/^(?:>|&gt;) ?(.*)$/);
    if (quoted) {
      if (quote) quote.append("\n");
      else nodes.push((quote = el("blockquote")));
      quote.append(...inline(quoted[1]));
    } else {
      if (place > 0 && !quote) nodes.push("\n");
      quote = null;
      nodes.push(...inline(line));
    }
  });
  return nodes;
}

function inline(text) {
  const nodes = [];
  let plain = "";
  const push = (node) => {
    if (plain) nodes.push(decoded(plain));
    plain = "";
    nodes.push(node);
  };
  for (let at = 0; at < text.length; ) {
    const char = text[at];
    const end = char === "<" ? text.indexOf(">", at) : closing(text, at);
    if (end > at + 1) {
      const inner = text.slice(at + 1, end);
      if (char === "<") push(reference(inner));
      else if (char === "`") push(el("code", {}, decoded(inner)));
      else push(el(STYLES[char], {}, inline(inner)));
      at = end + 1;
    } else {
      plain += char;
      at += 1;
    }
  }
  if (plain) nodes.push(decoded(plain));
  return nodes;
}

/** Where the style opened at this place ends; -1 if no style opens here. */
function closing(text, at) {
  const mark = text[at];
  if (mark !== "`" && !(mark in STYLES)) return -1;
  if (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1])) return -1;
  // A zero-width space behind a mark is how the renderer keeps the mark literal.
  const loose = mark === "`" ? /\u200b/ : /[\s\u200b]/;
  if (loose.test(text[at + 1] ?? "\u200b")) return -1;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const closes = mark === "`" || !/\s/.test(text[end - 1]);
    if (closes && !/[\p{L}\p{N}\u200b]/u.test(text[end + 1] ?? " ")) return end;
  }
  return -1;
}

/** What stands between angle brackets: a date, a mention or a link. */
function reference(inner) {
  const [target, label = ""] = split(inner, "|");
  const date = target.match(/^!date\^(-?\d+)\^([^^]*)(?:\^(.*))?$/);
  if (date) return el("time", {}, slackDate(date[1], decoded(date[2]), decoded(label)));
  if (/^[@#!]/.test(target)) return el("span", { class: "mention" }, `${target}${label && ` ${label}`}`);
  if (/^(?:https?:\/\/|mailto:)/i.test(target)) return link(decoded(target), label ? decoded(label) : decoded(target));
  return notDrawn(`<${decoded(inner)}>`);
}

function split(text, mark) {
  const place = text.indexOf(mark);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}
