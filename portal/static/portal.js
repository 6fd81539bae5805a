// The portal's own script. Every task can be finished without it; it asks before what cannot be
// undone, keeps a double-click from sending twice, and tells people about parts that changed.

const CONFIRM = "data-confirm";

// A form asks the question of the button that sends it, or its own.
document.addEventListener("submit", (event) => {
  const asking = event.submitter?.hasAttribute(CONFIRM) ? event.submitter : event.target;
  const question = asking.getAttribute(CONFIRM);
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-hx-post")) {
    return;
  }
  // The server takes a form that arrives twice only once; this saves the second journey.
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // Where the answer was a file, the page stays, and its form must work again.
  window.setTimeout(() => delete form.dataset.sent, 5000);
}, true);

// Coming back by the browser's history shows the page as it was left; its forms may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// What was typed and kept in this tab (drafts.js) is not for whoever signs in next.
document.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-forgets-drafts")) {
    Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => sessionStorage.removeItem(key));
  }
});

// A session may have ended in this tab without anybody signing out: the drafts of whoever was here before go too.
const person = document.querySelector("[data-forgets-drafts]")?.dataset.person;
if (person) {
  Object.keys(sessionStorage).filter((key) => key.startsWith("draft:") && !key.startsWith(`draft:${person}:`))
    .forEach((key) => sessionStorage.removeItem(key));
}

function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer && text) {
    announcer.textContent = "";
    window.setTimeout(() => { announcer.textContent = text; }, 50);
  }
}

// What has the focus stays in sight, whatever came above it: but only where it was seen before (as is the whole page, when
// nothing has the focus), and never for news, which nobody asked for and which keep in place what is read (news.js).
const keepInSight = new WeakSet(); // the requests whose answers do so
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  const { bottom, top } = document.activeElement.getBoundingClientRect();
  if (bottom > 0 && top < window.innerHeight && !requestConfig.elt.matches("[data-news]")) {
    keepInSight.add(xhr);
  }
});

// A part says itself what is to be read aloud (data-announce); errors take the focus (data-focus). What was pressed may
// be gone, such as a filter taken away or the way to the next page on the last one: go on at data-focus-after.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  const spoken = part.matches("[data-announce]") ? part : part.querySelector("[data-announce]");
  announce(spoken?.dataset.announce);
  part.querySelector("[data-focus]")?.focus();
  if (document.activeElement === document.body) {
    part.querySelector("[data-focus-after]")?.focus({ preventScroll: true });
  }
  if (keepInSight.has(event.detail.xhr) && part.contains(document.activeElement)) {
    document.activeElement.scrollIntoView({ block: "nearest" });
  }
});

// A browser scrolls until a part of a link in a picture is seen, and leaves its words cut off.
document.addEventListener("focusin", (event) => {
  if (event.target instanceof SVGElement) {
    event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
});

// The network failed or the server did not answer: say so where the person is.
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    const place = document.getElementById("flashes");
    const notice = document.createElement("div");
    notice.className = "notice notice-danger";
    notice.role = "alert";
    notice.textContent = place?.dataset.sayNoAnswer;
    place?.replaceChildren(notice);
  });
}

// On a page that came with errors, begin at them.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-focus]")?.focus();
});

// A link to something that is folded away unfolds it; browsers do so only for what lies within.
function unfold() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) {
    part.open = true;
  }
}
window.addEventListener("hashchange", unfold);
document.addEventListener("DOMContentLoaded", unfold);

// A dialog that opens below its button without this script opens over the page with it.
document.addEventListener("click", (event) => {
  const details = event.target.closest("[data-dialog] > summary")?.parentElement;
  const dialog = details?.querySelector("dialog");
  if (dialog) {
    event.preventDefault();
    details.open = true;
    dialog.removeAttribute("open"); // close() would tell of it later, when the dialog is open again
    dialog.querySelector("[data-dialog-close]").hidden = false;
    dialog.addEventListener("close", () => { details.open = false; }, { once: true });
    dialog.showModal();
  } else if (event.target.closest("[data-dialog-close]")) {
    event.target.closest("dialog").close();
  }
});
