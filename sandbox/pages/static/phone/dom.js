// Small words for building a screen: elements, money, messages to the person.

export function h(tag, facts = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function yuan(fen) {
  const sign = fen < 0 ? "-" : "";
  const cents = Math.abs(fen);
  return `${sign}￥${Math.floor(cents / 100).toLocaleString("en-US")}.${String(cents % 100).padStart(2, "0")}`;
}

let shown;

// A new screen begins at its top; the same screen painted again stays where it is.
export function show(title, ...parts) {
  const screen = document.getElementById("screen");
  document.getElementById("title").textContent = title;
  screen.replaceChildren(...parts.flat(2).filter(Boolean));
  if (shown === location.hash) return;
  shown = location.hash;
  screen.scrollTop = 0;
  scrollTo(0, 0);
}

let hiding;
export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  place.classList.add("on");
  clearTimeout(hiding);
  hiding = setTimeout(() => place.classList.remove("on"), 2600);
}

// A button that does one thing at a time and says what went wrong.
export function action(label, todo, look = "") {
  const button = h("button", { type: "button", class: look }, label);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await todo();
    } catch (failure) {
      toast(failure.message);
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

export function picture(url, title, look = "picture") {
  if (!url) return h("div", { class: `${look} blank`, "aria-hidden": "true" }, title.slice(0, 2));
  return h("img", { class: look, src: url, alt: "", loading: "lazy" });
}

export function day(moment) {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" }).format(new Date(moment));
}
