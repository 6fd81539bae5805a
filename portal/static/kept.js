// Puts what was typed before a session ended back into its form; without it the page lists the texts.

const kept = document.getElementById("kept-form");

// Every page gives these anew, so they tell nothing of which form it was.
const ANEW = ["version", "form", "shown"];

// How many of the fields the form has; none where it is another form, of which several lead to one address.
function fitting(form, fields) {
  if (new URL(form.action, location.href).pathname !== kept.dataset.keptAction) {
    return 0;
  }
  const named = (name) => [...form.elements].filter((field) => field.name === name);
  const isOther = ([name, text]) => named(name).length > 0 && !ANEW.includes(name)
    && named(name).every((field) => field.type === "hidden" && field.value !== text);
  return fields.some(isOther) ? 0 : fields.filter(([name]) => named(name).length > 0).length;
}

function fill(form, fields) {
  const names = new Set(fields.map(([name]) => name));
  let filled = 0;
  for (const field of form.elements) {
    const texts = fields.filter(([name]) => name === field.name).map(([, text]) => text);
    if (["checkbox", "radio"].includes(field.type)) {
      field.checked = texts.includes(field.value);
    } else if (names.has(field.name) && !["file", "submit", "button"].includes(field.type)) {
      field.value = texts[0];
    } else {
      continue;
    }
    filled += field.type === "hidden" ? 0 : 1;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return filled;
}

function reveal(form) {
  for (let one = form; one; one = one.parentElement) {
    if (one instanceof HTMLDetailsElement) {
      one.open = true;
    }
  }
}

if (kept?.dataset.keptFields) {
  const fields = JSON.parse(kept.dataset.keptFields);
  const forms = [...document.forms].map((form) => [fitting(form, fields), form]);
  const [score, form] = forms.reduce((best, one) => (one[0] > best[0] ? one : best), [0, null]);
  if (score > 0 && fill(form, fields) > 0) {
    reveal(form);
    const told = kept.querySelector("[data-kept=filled]");
    told.hidden = false;
    const first = [...form.elements].find((field) => field.id && field.type !== "hidden");
    told.querySelector("a").href = `#${first?.id ?? "main"}`;
    kept.querySelector("[data-kept=listed]").hidden = true;
  }
}
