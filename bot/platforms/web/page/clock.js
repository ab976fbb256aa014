// The bot's clock, where a playground that runs alone may move it to watch digests arrive.

import { moveClock, Unanswered } from "./api.js";
import { formatted, present, setPresent } from "./times.js";

const strip = document.getElementById("clock");
const [time, state] = strip.querySelectorAll("time, .clock-state");
const said = document.getElementById("clock-said");
const back = strip.querySelector("[value=back]");
const WHEN = { weekday: "long", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };

/** Shows what time it is there, by the bot's event {now, moved}; offers to move it. */
export function showClock({ now, moved }) {
  setPresent(Date.parse(now));
  state.textContent = moved ? "(moved ahead)" : "(as it is)";
  strip.classList.toggle("moved", moved);
  back.setAttribute("aria-disabled", String(!moved));
  strip.hidden = false;
  tick();
}

/** Whether the person at the page is moving the clock, and so waits for what arrives. */
export function isMoving() {
  return strip.contains(document.activeElement);
}

function tick() {
  const shown = formatted(present(), WHEN);
  if (time.textContent === shown) return;
  time.textContent = shown;
  time.dateTime = new Date(present()).toISOString();
}

async function move(to) {
  if (strip.getAttribute("aria-busy") === "true") return;
  strip.setAttribute("aria-busy", "true");
  try {
    showClock(await moveClock(to));
    if (to === "back") say("Schedules run from now on. What you watched is not posted again.");
    else say(`It is ${time.textContent} now.`, { aloud: true });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    say(error.message);
  } finally {
    strip.removeAttribute("aria-busy");
  }
}

/** Says a sentence; only aloud what the strip shows anyway. */
function say(sentence, { aloud = false } = {}) {
  said.classList.toggle("hidden", aloud);
  said.textContent = sentence;
}

/** Lets its buttons move the clock, and its time go on. */
export function startClock() {
  for (const button of strip.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") move(button.value);
    });
  }
  setInterval(() => strip.hidden || tick(), 1000);
}
