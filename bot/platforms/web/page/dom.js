// Builds elements. What is not an element goes in as a text node: nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

const EYE =
  "M10 4C5.6 4 2.3 7.2 1 10c1.3 2.8 4.6 6 9 6s7.7-3.2 9-6c-1.3-2.8-4.6-6-9-6zm0 9.5a3.5 3.5 0 1 1 0-7 " +
  "3.5 3.5 0 0 1 0 7zm0-2a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z";

/** An element. Properties that start with `on` listen; the rest are attributes, left out if null or false. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** The eye that stands before "only you can see this". */
export function eye() {
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  icon.setAttribute("class", "eye");
  path.setAttribute("d", EYE);
  icon.append(path);
  return icon;
}

/** A link that opens outside the playground, or the bare text if the address is not a web page's. */
export function link(href, ...children) {
  if (!/^https?:\/\//i.test(href)) return el("span", {}, children.length ? children : href);
  const attributes = { href, target: "_blank", rel: "noopener noreferrer nofollow" };
  return el("a", attributes, children.length ? children : href);
}

/** A visible stand-in for what the playground cannot draw. */
export function notDrawn(what) {
  return el("span", { class: "not-drawn" }, `Not drawn here: ${what}`);
}

let ids = 0;

/** An id for an element that another one points at. */
export function newId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

/** A line for screen readers only. */
export function hidden(text) {
  return el("span", { class: "hidden" }, text);
}
