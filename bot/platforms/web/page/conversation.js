// The conversation: one turn for each thing asked or posted, drawn as Slack and as Discord show it.

import { brief, isModerator, Unanswered } from "./api.js";
import { discordMessage } from "./discord.js";
import { el, hidden, newId } from "./dom.js";
import { formCard } from "./form.js";
import { slackMessage } from "./slack.js";
import { dueTime, present } from "./times.js";

const PLATFORMS = { slack: ["Slack", slackMessage], discord: ["Discord", discordMessage] };
const SPOKEN = 400;
const TELLS = /^(tell ~|helpful (yes|no) )/; // words of buttons that tell the maintainers something

const main = document.getElementById("conversation");
const status = document.getElementById("status");
const arrived = document.getElementById("arrived");
const posted = new Set();
let latest = null; // the private turn that was asked last

/** Says a sentence to screen readers. */
export function announce(text) {
  status.textContent = "";
  // A change in the next frame is noticed even where the words are the same.
  requestAnimationFrame(() => {
    status.textContent = text.length > SPOKEN ? `${text.slice(0, SPOKEN)} … The rest is in the conversation.` : text;
  });
}

/** Asks the words and shows the answer below everything else. */
export async function ask(words) {
  await new Turn().request({ words }, hidden("Asked: "));
}

/** Shows a message that was posted in the channel, once. Where it would disturb, a button leads to it. */
export function showPost(message, { lead = false } = {}) {
  if (posted.has(message.id)) return null;
  posted.add(message.id);
  const turn = new Turn();
  const follows = lead || (atTheEnd() && !main.querySelector(":focus"));
  turn.show(message, message.digest ? digestLead(message) : "Posted in the channel, for everyone", follows);
  if (!follows) offerToLead(turn);
  return turn;
}

function digestLead({ digest, at }) {
  const early = new Date(digest.due) > present() + 60_000 ? " (watched early, with the clock moved)" : "";
  const due = el("time", { datetime: digest.due }, dueTime(digest.due, at ?? present()));
  return el("span", {}, `Posted by digest ${digest.number}, due `, due, early);
}

/** Whether the end of the conversation is in view. */
function atTheEnd() {
  const last = main.querySelector(".turn:last-of-type");
  const floor = Math.min(innerHeight, main.getBoundingClientRect().bottom);
  return !last || last.getBoundingClientRect().bottom <= floor + 60;
}

function offerToLead(turn) {
  arrived.hidden = false;
  arrived.onclick = () => {
    turn.reveal();
    turn.previews.querySelector(".preview").focus({ preventScroll: true });
  };
  const seen = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    arrived.hidden = true;
    seen.disconnect();
  });
  seen.observe(turn.article);
}

/** Asks the last question again, after a briefing was saved: a maintainer's live preview. */
export async function renew() {
  if (!latest?.article.isConnected) return;
  const turn = latest;
  if (turn.moderator) {
    turn.offer("A briefing was saved since.", "Ask again", () => turn.renew());
  } else await turn.renew();
}

class Turn {
  constructor() {
    this.title = el("h2", { id: newId("turn") });
    this.news = el("p");
    this.previews = el("div", { class: "previews" });
    this.form = el("div", { hidden: true });
    this.notice = el("div", { class: "turn-notice", hidden: true });
    this.article = el(
      "article",
      { class: "turn", "aria-labelledby": this.title.id },
      el("header", {}, this.title, this.news),
      this.previews,
      this.form,
      this.notice,
    );
    this.message = null;
  }

  /** Asks, and shows what comes: here, or in a turn of its own where a platform would do so. */
  async request(asked, lead, focus = null, from = null) {
    this.notice.hidden = true;
    this.article.setAttribute("aria-busy", "true");
    try {
      const message = await brief(asked);
      if (from && message.refusal) {
        this.article.remove();
        from.refuse(message.refusal);
      }
      else if (!message.private) this.share(message);
      else if (this.message && !this.message.private) new Turn().answer(message, lead, focus);
      else this.answer(message, lead, focus);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.fail(error.message, lead, asked, () => this.request(asked, lead, focus, from));
    } finally {
      this.article.removeAttribute("aria-busy");
    }
  }

  answer(message, lead, focus = null) {
    latest = this;
    this.words = message.words;
    this.moderator = isModerator();
    this.show(message, lead);
    announce(message.form ? `${message.text} A form follows: ${message.form.title}.` : message.text);
    if (TELLS.test(message.words)) document.dispatchEvent(new Event("told"));
    // The platforms' dialogs take the focus, too; on a phone the keyboard would cover the answer.
    if (message.form) this.form.scrollIntoView({ block: "nearest" });
    if (message.form && matchMedia("(pointer: fine)").matches) this.field()?.focus({ preventScroll: true });
    else if (focus) this.previews.querySelector(`.${focus}`)?.focus({ preventScroll: true });
  }

  share(message) {
    const turn = showPost(message, { lead: true });
    announce("Posted in the channel.");
    turn?.previews.querySelector(".preview").focus({ preventScroll: true });
  }

  show(message, lead, follows = true) {
    this.message = message;
    this.news.textContent = message.digest ? "For everyone in the channel" : "";
    this.title.replaceChildren(lead, message.private ? command(message.words) : "");
    this.draw();
    if (!this.article.isConnected) main.append(this.article);
    if (follows) this.reveal();
  }

  reveal() {
    this.article.scrollIntoView({ block: this.article.offsetHeight > main.clientHeight ? "start" : "nearest" });
  }

  field() {
    return this.form.querySelector("input, select");
  }

  draw() {
    const { message } = this;
    this.drawForm(message.form ?? null);
    const previews = Object.entries(PLATFORMS).filter(([platform]) => message[platform]);
    this.previews.replaceChildren(...previews.map(([platform, [name, draw]]) => {
      const options = {
        isPrivate: message.private,
        words: message.words ?? "",
        at: message.at,
        act: (control) => this.click(platform, control),
        dismiss: () => this.dismiss(),
      };
      return el(
        "section",
        { class: `preview ${platform}`, "aria-label": `As ${name} shows it`, tabindex: "-1" },
        el("p", { class: "platform", "aria-hidden": "true" }, name),
        drawnSafely(name, () => draw(message[platform], options)),
      );
    }));
  }

  /** Draws the form, unless it is there already: what is typed into it stays. */
  drawForm(form) {
    const drawn = JSON.stringify(form);
    if (this.drawnForm === drawn) return;
    this.drawnForm = drawn;
    this.form.hidden = !form;
    this.form.replaceChildren(...(form ? [formCard(form, (filled) => this.submit(form, filled))] : []));
  }

  /** Asks what a form asks; the answer comes below, as a command's does. A refusal is told in the form. */
  submit(form, filled) {
    this.form.querySelector(".form-refusal")?.remove();
    return new Turn().request({ form: filled }, `“${form.submit}” in “${form.title}” asks `, "preview", this);
  }

  refuse(sentence) {
    const card = this.form.querySelector("form");
    const told = el("p", { class: "form-refusal", role: "alert" }, sentence);
    card.insertBefore(told, card.querySelector(".form-submit"));
    told.scrollIntoView({ block: "nearest" });
  }

  click(platform, control) {
    const label = control.selected_option?.text.text ?? control.text?.text;
    const picked = label ?? labelOf(this.message[platform], control);
    this.request({ platform, control }, `“${picked}” on ${PLATFORMS[platform][0]} asks `, platform);
  }

  async renew() {
    const shown = JSON.stringify(this.message);
    this.notice.hidden = true;
    try {
      const message = await brief({ words: this.words });
      if (!message.private || JSON.stringify(message) === shown) return;
      const places = [...this.previews.querySelectorAll("button, section")];
      const place = places.indexOf(document.activeElement);
      this.message = message;
      this.draw();
      if (place >= 0) [...this.previews.querySelectorAll("button, section")][place]?.focus({ preventScroll: true });
      this.news.textContent = "Updated: a briefing was saved.";
      announce("The last answer was updated: a briefing was saved.");
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.offer(error.message, "Try again", () => this.renew());
    }
  }

  fail(sentence, lead, asked, again) {
    if (!this.article.isConnected) {
      this.title.replaceChildren(lead, command(asked.words ?? asked.form.words));
      main.append(this.article);
    }
    this.offer(sentence, "Try again", again);
    this.notice.scrollIntoView({ block: "nearest" });
    announce(sentence);
  }

  offer(sentence, label, act) {
    const button = el("button", { type: "button", class: "plain", onclick: act }, label);
    this.notice.replaceChildren(el("p", {}, sentence), button);
    this.notice.hidden = false;
  }

  dismiss() {
    this.article.remove();
    announce("Message dismissed.");
    document.getElementById("words").focus();
  }
}

function command(words) {
  return el("code", {}, `/brief ${words}`.trim());
}

function drawnSafely(name, draw) {
  try {
    return draw();
  } catch (error) {
    console.error(error);
    return el("p", { class: "not-drawn" }, `Not drawn here: this ${name} message has a form that the playground does not know.`);
  }
}

/** The label of the Discord control that was used: its own data does not say. */
function labelOf(payload, { custom_id: id, values = [] }) {
  const parts = [...(payload.components ?? [])];
  for (let part = parts.shift(); part; part = parts.shift()) {
    if (part.custom_id === id) {
      return part.label ?? part.options?.find((option) => option.value === values[0])?.label ?? id;
    }
    parts.push(...(part.components ?? []), ...(part.accessory ? [part.accessory] : []));
  }
  return id;
}
