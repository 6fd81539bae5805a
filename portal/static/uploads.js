// Documents are sent as soon as they are chosen, dropped, pasted or photographed, one after the other, each with
// its progress. Without it the file field and the button below it do the same in one go.

const VERSIONS = "input[name=version]";
const DOCUMENTS = "[data-uploaded]";
const POINTS = "#claim-requests";

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function quicken(input) {
  const say = input.dataset; // what people are told stands beside the field
  const zone = input.closest(".field");
  const rows = made("ul", "uploads");
  rows.setAttribute("aria-live", "polite");
  zone.classList.add("drop-zone");
  zone.append(made("p", "field-hint", say.sayHint), rows);
  input.form.querySelectorAll("[data-upload-button]").forEach((part) => { part.hidden = true; });

  let line = Promise.resolve();
  let waiting = 0;
  const take = (files) => {
    for (const file of files) {
      const row = announced(file, rows, say);
      waiting += 1;
      line = line.then(() => sent(file, row, input)).then(() => { waiting -= 1; });
    }
  };

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    // What is pasted into a field is meant for the field; cells of a sheet bring a picture beside their text.
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
    const text = event.clipboardData?.types.includes("text/plain");
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length && !typing && !text && input.isConnected) {
      event.preventDefault();
      take(files);
    }
  });
  // Each document gives the claim a new version, so a form waits until the last of them is there.
  document.addEventListener("submit", (event) => {
    if (waiting && input.isConnected && event.target.querySelector(VERSIONS)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { target, submitter } = event;
      line.then(() => {
        delete target.dataset.sent; // it has not been sent yet; see portal.js
        target.requestSubmit(submitter);
      });
    }
  }, true);
}

function announced(file, rows, say) {
  const row = made("li", "upload");
  const bar = made("progress", "upload-bar");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", say.sayUpload.replace("%(file)s", () => file.name));
  const told = made("span", "upload-told", say.sayWaits);
  row.append(made("span", "upload-name", file.name), bar, told);
  rows.append(row);
  return { row, bar, told };
}

function sent(file, row, input) {
  const say = input.dataset;
  return new Promise((done) => {
    const form = new FormData();
    for (const name of ["csrf_token", "version", "step"]) {
      const field = input.form.elements[name];
      if (field) {
        form.append(name, field.value);
      }
    }
    form.append("needs_document", "yes");
    form.append("go", "stay");
    form.append(input.name, file);
    const request = new XMLHttpRequest();
    request.open("POST", say.uploadTo);
    request.responseType = "document";
    row.told.textContent = say.saySent;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        row.bar.value = event.loaded / event.total;
        row.told.textContent = event.loaded < event.total ? say.saySent : say.sayRead;
      }
    });
    // Whatever comes of one file, the next one has its turn, and a form that waits is sent.
    request.addEventListener("load", () => {
      try {
        settle(request, row, say, form.get("version"));
      } finally {
        done();
      }
    });
    for (const failure of ["error", "abort", "timeout"]) {
      request.addEventListener(failure, () => {
        fail(row, say.sayNoAnswer);
        done();
      });
    }
    request.send(form);
  });
}

function settle(request, row, say, before) {
  const answer = request.response;
  const documents = answer?.querySelector(DOCUMENTS);
  if (request.status === 200 && documents) {
    inPlace(() => {
      bring(documents);
      const points = answer.querySelector(POINTS); // a point that asks for a document is not open any more
      const shown = document.querySelector(POINTS);
      if (points && !shown?.contains(document.activeElement)) {
        shown?.replaceWith(document.adoptNode(points));
      }
    });
    // Forms that showed the claim as it was before this document know of it now, and of nothing that others did.
    const version = Number(answer.querySelector(VERSIONS)?.value);
    if (version === Number(before) + 1) {
      document.querySelectorAll(VERSIONS).forEach((field) => {
        field.value = field.value === before ? String(version) : field.value;
      });
    }
    row.bar.remove();
    row.told.textContent = say.sayAdded;
    row.row.classList.add("is-added");
  } else if (new URL(request.responseURL).pathname === "/sign-in") {
    fail(row, say.saySignedOut);
  } else {
    const why = answer?.querySelectorAll("#failure li, #failure .notice-title") ?? [];
    const told = [...why].map((part) => part.textContent.trim()).at(-1);
    fail(row, told ?? answer?.querySelector(".lead")?.textContent.trim() ?? say.sayRefused);
  }
}

// Whoever looks at what has the focus still sees it where it was, whatever grows above. Where it was exchanged, they go on
// at what came for it, or where files are chosen, and the page stays where it is.
function inPlace(change) {
  const here = document.activeElement;
  const before = here.getBoundingClientRect().top;
  const seen = here !== document.body && before >= 0 && before < window.innerHeight;
  const { style } = document.documentElement;
  style.overflowAnchor = seen ? "none" : ""; // the browser would scroll a second time
  change();
  if (!here.isConnected) {
    const same = [...document.querySelectorAll(`${DOCUMENTS} a`)].find((link) => link.href === here.href);
    (same ?? document.querySelector(QUICK))?.focus({ preventScroll: true });
  } else if (seen) {
    window.scrollBy({ top: here.getBoundingClientRect().top - before, behavior: "instant" });
  }
  window.requestAnimationFrame(() => { style.overflowAnchor = ""; });
}

// The documents that stand there already stay the same elements: somebody may be at one of them, or its form may wait.
function bring(documents) {
  const part = document.querySelector(DOCUMENTS);
  const list = part.querySelector("ul");
  const coming = documents.querySelector("ul");
  if (!list || !coming) {
    part.replaceWith(document.adoptNode(documents));
    return;
  }
  const addressOf = (item) => item.querySelector(".document-name").href;
  const gone = new Map([...list.children].map((item) => [addressOf(item), item]));
  for (const item of [...coming.children]) {
    if (!gone.delete(addressOf(item))) {
      list.append(document.adoptNode(item));
    }
  }
  gone.forEach((item) => item.remove());
}

function fail(row, sentence) {
  row.bar.remove();
  row.told.textContent = sentence;
  row.row.classList.add("is-refused");
}

const QUICK = "input[type=file][data-upload-to]";
document.querySelectorAll(QUICK).forEach(quicken);
// News of the claim bring a file field of their own (news.js).
document.addEventListener("htmx:oobAfterSwap", (event) => event.target.querySelectorAll(QUICK).forEach(quicken));
