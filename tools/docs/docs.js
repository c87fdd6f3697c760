// Runs the examples of the reference. The token stays in this tab.
const token = document.querySelector("#token");
token.value = sessionStorage.getItem("token") ?? "";
token.addEventListener("change", () => {
  sessionStorage.setItem("token", token.value.trim());
  values = undefined;
});

let values; // promise of what stands for ${…}, per token

function headers(path, type) {
  const all = { "Content-Type": type, "Connect-Protocol-Version": "1" };
  if (token.value.trim()) all.Authorization = `Bearer ${token.value.trim()}`;
  // Every service has the admin methods; one has to be named.
  if (path.startsWith("/pitlane.admin.")) all["Pitlane-Service"] = "ticket";
  return all;
}

async function call(path, request) {
  const answer = await fetch(path, {
    method: "POST",
    headers: headers(path, "application/json"),
    body: JSON.stringify(request),
  });
  return { status: answer.status, text: await answer.text() };
}

function fill(value, known) {
  if (Array.isArray(value)) return value.map((part) => fill(part, known));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v, known)]));
  }
  if (typeof value !== "string") return value;
  return value.replace(/\$\{(\w+)\}/g, (whole, name) => known[name] ?? whole);
}

// "locations.-1.locationId": of the last one.
const at = (value, path) => path.split(".").reduce(
  (part, name) => (Array.isArray(part) ? part.at(Number(name)) : part?.[name]), value);

async function lookUp() {
  const { "x-pitlane-variables": variables } = await (await fetch("/docs/openapi.json")).json();
  const known = {};
  for (const { name, method, request, path } of variables) {
    if (!method) continue;
    const { status, text } = await call(`/${method}`, fill(request, known));
    const found = status === 200 ? at(JSON.parse(text), path) : undefined;
    if (found !== undefined) known[name] = found;
  }
  return known;
}

async function stream(path, request, show) {
  const text = new TextEncoder().encode(JSON.stringify(request));
  const body = new Uint8Array(5 + text.length);
  new DataView(body.buffer).setUint32(1, text.length);
  body.set(text, 5);
  const answer = await fetch(path,
    { method: "POST", headers: headers(path, "application/connect+json"), body });
  let rest = new Uint8Array();
  const reader = answer.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const joined = new Uint8Array(rest.length + read.value.length);
    joined.set(rest);
    joined.set(read.value, rest.length);
    rest = joined;
    while (rest.length >= 5) {
      const size = new DataView(rest.buffer, rest.byteOffset).getUint32(1);
      if (rest.length < 5 + size) break;
      show(new TextDecoder().decode(rest.subarray(5, 5 + size)), (rest[0] & 2) !== 0);
      rest = rest.subarray(5 + size);
    }
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function run(form) {
  const area = form.querySelector("textarea");
  const said = form.querySelector("output");
  const shown = form.querySelector("pre");
  shown.hidden = false;
  shown.textContent = "";
  try {
    said.textContent = "…";
    const known = { ...(await (values ??= lookUp())), fresh: crypto.randomUUID?.() ?? Date.now() };
    const request = fill(JSON.parse(area.value), known);
    const left = JSON.stringify(request).match(/\$\{\w+\}/);
    if (left) {
      said.textContent = `Nothing was found for ${left[0]}: write an id, or try another token.`;
      return;
    }
    if (form.dataset.kind === "watch") {
      said.textContent = "open";
      await stream(form.dataset.path, request, (text, last) => {
        shown.append(`${pretty(text)}\n`);
        if (last) said.textContent = "ended";
      });
      return;
    }
    const { status, text } = await call(form.dataset.path, request);
    said.textContent = status;
    shown.textContent = pretty(text);
  } catch (error) {
    said.textContent = error.message;
  }
}

for (const form of document.querySelectorAll("form.example")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form);
  });
}
