// Discord's Markdown: the part of it that messages of a bot use.

import { el, link } from "./dom.js";
import { discordDate } from "./times.js";

const STYLES = [["**", "b"], ["__", "u"], ["~~", "s"], ["||", "span"], ["*", "i"], ["_", "i"]];
const PUNCTUATION = /[!-/:-@[-`{-~]/;

/** The nodes of a text: its headings, lists, quotes and lines. */
export function markdown(text) {
  const parts = text.split("```");
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("```")); // the last fence opens nothing
  return parts.flatMap((part, place) => {
    if (place % 2) return [el("pre", {}, part.replace(/^\w*\n/, "").replace(/\n$/, ""))];
    const beside = place ? part.replace(/^\n/, "") : part;
    return beside ? blocks(beside.split("\n")) : [];
  });
}

function blocks(lines) {
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push(el("div", { class: "lines" }, inline(plain.join("\n"))));
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const [node, used] = heading(lines[at]) ?? quote(lines, at) ?? list(lines, at) ?? [null, 1];
    if (node) {
      flush();
      nodes.push(node);
    } else plain.push(lines[at]);
    at += used;
  }
  // An empty first or last line only parts this text from a block beside it.
  flush();
  return nodes;
}

// A message's title may be of either size; what reads the page aloud needs no gap between levels.
const HEADINGS = { "#": ["h3", "large"], "##": ["h3"], "###": ["h4"], "-#": ["small"] };

function heading(line) {
  const found = line.match(/^(#{1,3}|-#) +(\S.*)$/);
  if (!found) return null;
  const [tag, look] = HEADINGS[found[1]];
  return [el(tag, { class: look }, inline(found[2])), 1];
}

function quote(lines, at) {
  if (lines[at].startsWith(">>> ")) {
    const rest = [lines[at].slice(4), ...lines.slice(at + 1)];
    return [el("blockquote", {}, blocks(rest)), rest.length];
  }
  const rest = lines.slice(at);
  const end = rest.findIndex((line) => !line.startsWith("> "));
  const quoted = end < 0 ? rest : rest.slice(0, end);
  if (!quoted.length) return null;
  return [el("blockquote", {}, blocks(quoted.map((line) => line.slice(2)))), quoted.length];
}

const ITEM = /^( *)([-*]|\d{1,9}\.) +(\S.*)$/;

function list(lines, at) {
  const first = lines[at].match(ITEM);
  if (!first) return null;
  const ordered = /\d/.test(first[2]);
  const made = el(ordered ? "ol" : "ul", ordered ? { start: Number.parseInt(first[2], 10) } : {});
  let used = 0;
  for (let found = first; found; found = lines[at + used]?.match(ITEM)) {
    if (found[1].length < first[1].length) break;
    if (found[1].length > first[1].length && made.lastChild) {
      const [inner, taken] = list(lines, at + used);
      made.lastChild.append(inner);
      used += taken;
    } else if (/\d/.test(found[2]) === ordered) {
      made.append(el("li", {}, inline(found[3])));
      used += 1;
    } else break;
  }
  return [made, used];
}

function inline(text) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const [node, end] = token(text, at);
    if (typeof node === "string") plain += node;
    else {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(node);
    }
    at = end;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

/** What stands at this place, and where it ends. */
function token(text, at) {
  const char = text[at];
  if (char === "\\" && PUNCTUATION.test(text[at + 1] ?? "")) return [text[at + 1], at + 2];
  const found =
    (char === "<" && angled(text, at)) ||
    (char === "[" && masked(text, at)) ||
    (char === "`" && codeSpan(text, at)) ||
    (char === "@" && ping(text, at)) ||
    (char === "h" && bare(text, at)) ||
    styled(text, at);
  return found || [char, at + 1];
}

function matched(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function angled(text, at) {
  const date = matched(/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, text, at);
  const shown = date && discordDate(date[1], date[2]);
  if (shown) return [el("time", {}, shown), at + date[0].length];
  const mention = matched(/<(?:@[!&]?|#)\d{1,20}>/y, text, at);
  if (mention) return [el("span", { class: "mention" }, mention[0].slice(1, -1)), at + mention[0].length];
  const address = matched(/<(https?:\/\/[^\s<>]+)>/y, text, at);
  return address && [link(address[1]), at + address[0].length];
}

function masked(text, at) {
  let depth = 0;
  for (let end = at; end < text.length; end += 1) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === "[") depth += 1;
    else if (text[end] === "]" && --depth === 0) {
      const address = matched(/\]\((?:<(https?:\/\/[^\s<>]+)>|(https?:\/\/[^\s()]*(?:\([^\s()]*\)[^\s()]*)*))\)/y, text, end);
      if (!address) return null;
      return [link(address[1] ?? address[2], inline(text.slice(at + 1, end))), end + address[0].length];
    }
  }
  return null;
}

function codeSpan(text, at) {
  const found = matched(/(`{1,2})(?!`)([^]*?[^`])\1(?!`)/y, text, at);
  return found && [el("code", {}, found[2].replace(/^ (?=`)|(?<=`) $/g, "")), at + found[0].length];
}

function ping(text, at) {
  const found = matched(/@(?:everyone|here)/y, text, at);
  return found && [el("span", { class: "mention" }, found[0]), at + found[0].length];
}

function bare(text, at) {
  const found = matched(/https?:\/\/[^\s<>\\]+/y, text, at);
  if (!found) return null;
  const address = found[0].replace(/[.,:;!?)'"\]*_~|]+$/, "");
  return [link(address), at + address.length];
}

function styled(text, at) {
  for (const [mark, tag] of STYLES) {
    if (!text.startsWith(mark, at)) continue;
    const end = closing(text, at, mark);
    if (end < 0) continue;
    const attributes = mark === "||" ? { class: "spoiler" } : {};
    return [el(tag, attributes, inline(text.slice(at + mark.length, end))), end + mark.length];
  }
  return null;
}

/** Where a style that opens here closes; -1 if it does not open. */
function closing(text, at, mark) {
  const start = at + mark.length;
  const tight = mark.length === 1;
  if (tight && /\s/.test(text[start] ?? " ")) return -1;
  if (mark === "_" && /\w/.test(text[at - 1] ?? "")) return -1;
  for (let end = start; end < text.length; end += 1) {
    if (text[end] === "\\") end += 1;
    else if (text.startsWith(mark, end) && end > start) {
      if (tight && text[end + 1] === mark) end += 1; // a double mark is another style's
      else if (tight && /\s/.test(text[end - 1])) continue;
      else if (mark !== "_" || !/\w/.test(text[end + 1] ?? "")) {
        return end + Number(!tight && text.startsWith(mark, end + 1)); // ***x***: the inner one ends first
      }
    }
  }
  return -1;
}
