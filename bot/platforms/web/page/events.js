// Follows the bot's events, says when it is gone, and comes back when it does.

import { completions } from "./api.js";
import { el } from "./dom.js";

const LONGEST_WAIT = 10_000;

/** Calls `on[name](data)` for each event, and `on.back()` when the bot is there again. */
export function follow(on) {
  const notice = document.getElementById("offline");
  let wait = 1000;
  let timer = 0;
  let source = null;

  // A page that nobody sees lets go of its stream: a browser keeps six at most to one address.
  function connect() {
    clearTimeout(timer);
    source?.close();
    if (document.hidden) return;
    source = new EventSource("/api/events");
    source.onopen = () => {
      wait = 1000;
      if (notice.hidden) return;
      notice.hidden = true;
      notice.replaceChildren();
      on.back();
    };
    source.onerror = () => {
      source.close();
      lost();
    };
    for (const name of ["library", "problems", "clock", "post"]) {
      source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));
    }
  }

  async function lost() {
    timer = setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    const reason = await completions("").then(() => null, (error) => error.message);
    if (!reason || !notice.hidden) return;
    const retry = el("button", { type: "button", class: "plain", onclick: connect }, "Try now");
    notice.replaceChildren(el("p", {}, `${reason} This page keeps trying.`), retry);
    notice.hidden = false;
  }

  document.addEventListener("visibilitychange", connect);
  connect();
}
