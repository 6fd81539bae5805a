// What is typed in a text with data-draft stays in this browser tab until it is sent or the person signs out, so that
// it survives a reload and an ended session. So does what is ticked and chosen in a form with data-draft, but no file, no
// token and no version. Without it they are plain fields.

const SENT = " sent";

const keyOf = (field) => `draft:${field.dataset.draft}`;
const CHOICES = "input[type=checkbox], input[type=radio], input[type=date], select";
const FORMS = "form[data-draft]";
const plain = (text) => text.replace(/\s+/g, " ").trim();

function keep(field) {
  if (field.value.trim()) {
    sessionStorage.setItem(keyOf(field), field.value);
  } else {
    sessionStorage.removeItem(keyOf(field));
  }
  sessionStorage.removeItem(keyOf(field) + SENT);
}

const isTicked = (control) => ["checkbox", "radio"].includes(control.type);
const ofForm = (form) => [...form.elements].filter((control) => control.matches(CHOICES));
const nameOf = (control) => (isTicked(control) ? `${control.name}=${control.value}` : control.name);
const stateOf = (control) => (isTicked(control) ? control.checked : control.value);

function asItCame(control) {
  if (isTicked(control)) {
    return control.checked === control.defaultChecked;
  }
  return control.value === (control.matches("select")
    ? [...control.options].find((option) => option.defaultSelected)?.value ?? "" : control.defaultValue);
}

// Only what differs from the page as it came is kept: the rest is the page's to say.
function keepChoices(form) {
  const changed = ofForm(form).filter((control) => !asItCame(control));
  if (changed.length) {
    sessionStorage.setItem(keyOf(form), JSON.stringify(changed.map((control) => [nameOf(control), stateOf(control)])));
  } else {
    sessionStorage.removeItem(keyOf(form));
  }
  sessionStorage.removeItem(keyOf(form) + SENT);
}

function sayBack(after, text) {
  const told = document.createElement("p");
  told.className = "field-hint";
  told.textContent = text;
  after.after(told);
  const folded = after.closest("details");
  if (folded) {
    folded.open = true;
  }
}

function restoreChoices(form) {
  const text = sessionStorage.getItem(keyOf(form));
  if (form.querySelector("[data-focus]") || !text) {
    return; // the form came back with what was chosen, or nothing was
  }
  const kept = new Map(JSON.parse(text));
  // What cannot be chosen any more is left out.
  const fits = (control) => !control.matches("select")
    || [...control.options].some((option) => option.value === kept.get(nameOf(control)));
  const back = ofForm(form).filter((control) => kept.has(nameOf(control)) && fits(control));
  for (const control of back) {
    if (isTicked(control)) {
      control.checked = kept.get(nameOf(control));
    } else {
      control.value = kept.get(nameOf(control));
    }
  }
  if (back.length) {
    sayBack(back.at(-1).closest(".field"), form.dataset.sayBack);
  }
}

// A text that was sent has arrived where the page tells of success, or where it stands among the comments; one that was
// sent in vain is still a draft.
function arrived(field, text) {
  const sent = sessionStorage.getItem(keyOf(field) + SENT);
  sessionStorage.removeItem(keyOf(field) + SENT);
  const own = [...document.querySelectorAll("[data-comments] .is-own")];
  return sent && own.some((comment) => plain(comment.textContent) === plain(text));
}

// What was sent with success may have had its field on a form that is not there any more, and may be there again one day.
function forgetWhatArrived() {
  if (document.querySelector("#flashes .notice-success")) {
    // A text for another claim, whose page was left before it arrived, is still a draft.
    const here = (key) => window.location.pathname.includes(key.split(":")[2]);
    Object.keys(sessionStorage).filter((key) => key.startsWith("draft:") && key.endsWith(SENT) && here(key)).forEach((key) => {
      sessionStorage.removeItem(key);
      sessionStorage.removeItem(key.slice(0, -SENT.length));
    });
  }
}

function restore(field) {
  const text = sessionStorage.getItem(keyOf(field));
  if (field.value.trim()) {
    keep(field); // the form came back with what was typed
  } else if (text && arrived(field, text)) {
    sessionStorage.removeItem(keyOf(field));
  } else if (text) {
    field.value = text;
    sayBack(field, field.dataset.sayBack);
  }
}

const fields = (root) => root.querySelectorAll("textarea[data-draft]");
const forms = (root) => root.querySelectorAll(FORMS);

function restoreIn(root) {
  fields(root).forEach(restore);
  forms(root).forEach(restoreChoices);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-draft]")) {
    keep(event.target);
  } else if (event.target.matches(CHOICES) && event.target.form?.matches(FORMS)) {
    keepChoices(event.target.form);
  }
});
document.addEventListener("submit", (event) => {
  const sent = [...fields(event.target), ...(event.target.matches(FORMS) ? [event.target] : [])];
  sent.filter((one) => sessionStorage.getItem(keyOf(one))).forEach((one) => sessionStorage.setItem(keyOf(one) + SENT, "yes"));
});
// Parts of the page that are exchanged bring fields of their own.
document.addEventListener("htmx:oobAfterSwap", (event) => restoreIn(event.target));
forgetWhatArrived();
restoreIn(document);
