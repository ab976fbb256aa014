// A Discord message, drawn from the payload that Discord would get: Components V2.

import { markdown } from "./discord-text.js";
import { el, eye, link, notDrawn } from "./dom.js";
import { menu } from "./menu.js";
import { clock } from "./times.js";

/** The message. `act` is told the interaction data that Discord would send when a control is used. */
export function discordMessage(payload, { isPrivate, words, act, dismiss, at }) {
  const content = payload.content ? el("div", { class: "component text" }, markdown(payload.content)) : null;
  const embeds = (payload.embeds ?? []).map(() => notDrawn("Discord embed"));
  return el(
    "div",
    { class: isPrivate ? "message ephemeral" : "message" },
    isPrivate ? usedLine(`/brief ${words}`.trim()) : null,
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
    el("div", { class: "components" }, content, embeds, drawn(payload.components ?? [], act)),
    isPrivate
      ? el(
          "p",
          { class: "only-you" },
          eye(),
          "Only you can see this • ",
          el("button", { type: "button", class: "dismiss", onclick: dismiss }, "Dismiss message"),
        )
      : null,
  );
}

function usedLine(command) {
  return el("p", { class: "used" }, el("span", {}, el("b", {}, "you"), " used ", el("i", {}, command)));
}

const drawn = (components, act) => components.map((component) => drawnOne(component, act));

function drawnOne(component, act) {
  return COMPONENTS[component.type]?.(component, act) ?? notDrawn(`Discord component of type ${component.type}`);
}

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

const COMPONENTS = {
  1: (row, act) => el("div", { class: "component row" }, drawn(row.components, act)),
  2: (button, act) => {
    const look = `button ${BUTTON_STYLES[button.style] ?? "secondary"}`;
    if (button.url) {
      const opened = link(button.url, button.label ?? button.url);
      opened.className = look;
      return opened;
    }
    const data = { component_type: 2, custom_id: button.custom_id };
    const attributes = { class: look, type: "button", disabled: button.disabled, onclick: () => act(data) };
    return el("button", attributes, button.label ?? "");
  },
  3: (select, act) => {
    const options = select.options.map((option) => ({ label: option.label, hint: option.description, value: option.value }));
    const pick = (value) => act({ component_type: 3, custom_id: select.custom_id, values: [value] });
    return menu(select.placeholder ?? "Make a selection", options, pick);
  },
  9: (section, act) =>
    el(
      "div",
      { class: "component section" },
      el("div", {}, drawn(section.components, act)),
      section.accessory ? drawnOne(section.accessory, act) : null,
    ),
  10: (text) => el("div", { class: "component text" }, markdown(text.content)),
  14: (line) => el("hr", { class: `${line.divider === false ? "gap" : ""} ${line.spacing === 2 ? "large" : ""}` }),
  17: (container, act) => {
    const box = el("div", { class: "component container" }, drawn(container.components, act));
    if (Number.isInteger(container.accent_color)) {
      box.style.borderInlineStartColor = `#${container.accent_color.toString(16).padStart(6, "0")}`;
    }
    return box;
  },
};
