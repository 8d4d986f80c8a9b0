// Asking the shop. Three ends: an answer, a refusal with its words, or nobody there.
export class Refused extends Error {
  constructor(status, said) {
    super(said?.message ?? "");
    this.status = status;
    this.code = said?.code ?? "";
    this.facts = said?.facts ?? {};
  }
}
export class Away extends Error {}

const till = document.getElementById("till");
const PATIENCE = 8000;

const reach = async (path, options) => {
  const stop = AbortSignal.timeout?.(PATIENCE);
  try {
    return await fetch(`/store/till${path}`, { ...options, signal: stop, redirect: "manual" });
  } catch {
    throw new Away();
  }
};

// After another login the forms of the old one are worth nothing: the page is asked for a new token.
const renew = async () => {
  const page = await reach(`?store=${encodeURIComponent(till.dataset.store)}`, {});
  const found = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("till");
  if (!page.ok || !found) throw new Refused(401, null);
  till.dataset.csrf = found.dataset.csrf;
};

const read = async (answer) => {
  if (answer.type === "opaqueredirect") throw new Refused(401, null);
  if (answer.status >= 502 && answer.status <= 504) throw new Away();
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, said?.error);
  return said;
};

export const ask = async (path) => read(await reach(path, {}));

export const tell = async (path, body, again = true) => {
  const answer = await reach(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": till.dataset.csrf },
    body: JSON.stringify(body),
  });
  try {
    return await read(answer);
  } catch (error) {
    if (!again || !(error instanceof Refused) || error.code !== "core.forged_form") throw error;
    await renew();
    return tell(path, body, false);
  }
};
