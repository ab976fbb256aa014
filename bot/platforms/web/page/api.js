// What the playground asks of the bot.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const moderator = document.getElementById("moderator");

/** Thrown with a sentence for the person at the page. */
export class Unanswered extends Error {}

/** Asks `/brief`: {words}, {form} that was filled in, or {platform, control} of a preview that was clicked. */
export async function brief(asked) {
  const body = JSON.stringify({ ...asked, zone, moderator: moderator.checked });
  return sent("/api/brief", { method: "POST", body, headers: { "Content-Type": "application/json" } });
}

/** What the words could become: a list of {label, hint, words}. */
export async function completions(words, signal) {
  const query = new URLSearchParams({ words, zone, moderator: moderator.checked });
  return sent(`/api/complete?${query}`, { signal });
}

/** The time zones that go with what is typed, best first. */
export async function zones(typed, signal) {
  return sent(`/api/zones?${new URLSearchParams({ typed })}`, { signal });
}

/** What readers told: {open, closed, rated}. */
export async function told() {
  return sent("/api/told", {});
}

/** Moves the bot's clock: by an "hour" or a "day", to the "next" run, or "back". What time it is then. */
export async function moveClock(to) {
  const options = { method: "POST", body: JSON.stringify({ to }), headers: { "Content-Type": "application/json" } };
  return sent("/api/clock", options);
}

async function sent(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unanswered("The bot does not answer. Is it still running?");
  }
  const data = await response.json().catch(() => null);
  if (!response.ok || data === null) {
    throw new Unanswered(data?.error ?? `The bot answered with an error (${response.status}).`);
  }
  return data;
}

/** Whether the person at the page acts as a moderator: then words may change something. */
export function isModerator() {
  return moderator.checked;
}
