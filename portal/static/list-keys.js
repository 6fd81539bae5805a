// The keys of a long list, for whoever would rather not reach for the mouse. A page marks its search field
// with data-search, the main link of each row with data-row-link, and its dialog with data-keys; a box that a
// row is chosen by carries data-row-choice. Single keys can be switched off, as speech input types them too.

const KEYS_OFF = "list-keys-off";

function keysAreOn() {
  return window.localStorage.getItem(KEYS_OFF) === null;
}

function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select");
}

function step(by) {
  const links = [...document.querySelectorAll("[data-row-link]")];
  const now = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = now < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(now + by, 0), links.length - 1);
  links[next]?.focus();
  links[next]?.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

function showKeys() {
  const dialog = document.querySelector("[data-keys]");
  if (dialog && !dialog.open) {
    dialog.querySelector("[data-keys-on]").checked = keysAreOn();
    dialog.showModal();
  }
}

const KEYS = {
  "/": () => document.querySelector("[data-search]")?.select(),
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest("[data-row]")?.querySelector("[data-row-choice]")?.click(),
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  const known = Object.hasOwn(KEYS, event.key);
  if (busy || !known || isTyping(event.target) || document.querySelector("dialog[open]") || !keysAreOn()) {
    return;
  }
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-on]")) {
    if (event.target.checked) {
      window.localStorage.removeItem(KEYS_OFF);
    } else {
      window.localStorage.setItem(KEYS_OFF, "yes");
    }
  }
});

for (const opener of document.querySelectorAll("[data-keys-open]")) {
  opener.hidden = false;
  opener.addEventListener("click", showKeys);
}
