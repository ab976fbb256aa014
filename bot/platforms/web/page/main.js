// Starts the page: the first answer, the command line, the switches, the bot's events.

import { completions } from "./api.js";
import { isMoving, showClock, startClock } from "./clock.js";
import { startComposer } from "./composer.js";
import { announce, ask, renew, showPost } from "./conversation.js";
import { el } from "./dom.js";
import { follow } from "./events.js";
import { showProblems } from "./problems.js";
import { showTold } from "./told.js";

// Milliseconds that the first answer waits for what was posted earlier.
const FIRST_EVENTS = 3000;

// A token that came with the address has done its work.
if (location.search) history.replaceState(null, "", location.pathname);

/** Shows examples to click, about the story that completion names first. */
async function showHints() {
  const [story] = await completions("").catch(() => []);
  const about = story ? [story.words, `faq ${story.words}`, `questions ${story.words}`] : ["faq", "questions"];
  const chips = ["stories", ...about, "help"].map((words) =>
    el("button", { type: "button", class: "chip", onclick: () => ask(words) }, `/brief ${words}`),
  );
  document.getElementById("hints").append(...chips.map((chip) => el("li", {}, chip)));
}

for (const name of ["theme", "width"]) {
  const kept = document.documentElement.dataset[name];
  for (const radio of document.querySelectorAll(`input[name=${name}]`)) {
    if (kept) radio.checked = radio.value === kept;
    radio.addEventListener("change", () => {
      document.documentElement.dataset[name] = radio.value;
      try {
        localStorage.setItem(name, radio.value);
      } catch {
        // Storage may be forbidden: then the choice lasts as long as the page.
      }
    });
  }
}

let library = null;
let told;
const first = new Promise((resolve) => {
  told = resolve;
});
follow({
  library: (now) => {
    const state = JSON.stringify(now);
    if (library && library !== state) {
      renew();
      showTold();
    }
    library = state;
    told();
  },
  clock: showClock,
  problems: (problems) => {
    const sentence = showProblems(problems);
    if (sentence) announce(sentence);
  },
  post: (message) => {
    // What was there before the page is no news.
    if (showPost(message, { lead: !library || isMoving() }) && library) announce(`Posted in the channel: ${message.text}`);
  },
  back: () => announce("The bot is back."),
});

startComposer(ask);
startClock();
document.addEventListener("told", showTold);
await Promise.all([showHints(), showTold()]);
// What was posted earlier stands above the first answer.
await Promise.race([first, new Promise((resolve) => setTimeout(resolve, FIRST_EVENTS))]);
await ask("stories");
// On a phone the keyboard would cover the answer.
if (matchMedia("(pointer: fine)").matches) document.getElementById("words").focus({ preventScroll: true });
