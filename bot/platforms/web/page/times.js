// Instants in the reader's own zone, as Slack and Discord write them.

const DAY = 86_400_000;
const WORDS = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

let ahead = 0; // milliseconds from the browser's clock to the bot's, where time may be moved there

/** Goes by the bot's clock, which says that it is `now`. */
export function setPresent(now) {
  ahead = now - Date.now();
}

/** What time it is, by the bot's clock. */
export function present() {
  return Date.now() + ahead;
}

/** An instant in one of Intl's forms. */
export function formatted(at, options) {
  return new Intl.DateTimeFormat(undefined, options).format(at);
}

function day(at, style) {
  const today = new Date(present()).setHours(0, 0, 0, 0);
  const distance = Math.round((new Date(at).setHours(0, 0, 0, 0) - today) / DAY);
  return Math.abs(distance) <= 1 ? WORDS.format(distance, "day") : formatted(at, style);
}

/** How long ago, or how far ahead. */
export function relative(at) {
  const seconds = (at - present()) / 1000;
  const steps = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find((step) => Math.abs(seconds) >= step[1]) ?? ["second", 1];
  return WORDS.format(Math.round(seconds / size), unit);
}

const NUMERIC = { year: "numeric", month: "2-digit", day: "2-digit" };
const SHORT = { year: "numeric", month: "short", day: "numeric" };
const PLAIN = { year: "numeric", month: "long", day: "numeric" };
const LONG = { weekday: "long", ...PLAIN };
const TIME = { hour: "numeric", minute: "2-digit" };

const DUE = { hour: "2-digit", minute: "2-digit" };

const SLACK = {
  date_num: (at) => formatted(at, NUMERIC),
  date: (at) => formatted(at, PLAIN),
  date_short: (at) => formatted(at, SHORT),
  date_long: (at) => formatted(at, LONG),
  date_pretty: (at) => day(at, PLAIN),
  date_short_pretty: (at) => day(at, SHORT),
  date_long_pretty: (at) => day(at, LONG),
  time: (at) => formatted(at, TIME),
  time_secs: (at) => formatted(at, { ...TIME, second: "2-digit" }),
  ago: relative,
};

/** A Slack date: `{date_short} at {time}` of an instant; the fallback where it cannot be written. */
export function slackDate(unix, format, fallback) {
  const at = new Date(Number(unix) * 1000);
  const known = [...format.matchAll(/\{(\w+)\}/g)].every((found) => found[1] in SLACK);
  if (Number.isNaN(at.getTime()) || !known) return fallback || format;
  return format.replace(/\{(\w+)\}/g, (_, name) => SLACK[name](at));
}

const DISCORD = {
  t: TIME,
  T: { ...TIME, second: "2-digit" },
  d: NUMERIC,
  D: PLAIN,
  f: { ...PLAIN, ...TIME },
  F: { ...LONG, ...TIME },
  s: { ...NUMERIC, ...TIME },
  S: { ...NUMERIC, ...TIME, second: "2-digit" },
};

/** A Discord timestamp in one of its styles; null where there is no such instant. */
export function discordDate(unix, style = "f") {
  const at = new Date(Number(unix) * 1000);
  if (Number.isNaN(at.getTime())) return null;
  return style === "R" ? relative(at) : formatted(at, DISCORD[style]);
}

/** The time of day of a message, as chats show it beside a name. */
export function clock(at) {
  return formatted(at ? new Date(at) : present(), TIME);
}

/** When something is or was due: with its day, unless that is the day of `beside`. */
export function dueTime(due, beside) {
  const at = new Date(due);
  const same = at.toDateString() === new Date(beside).toDateString();
  return formatted(at, same ? DUE : { weekday: "short", ...SHORT, ...DUE });
}
