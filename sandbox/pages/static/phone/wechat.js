// What wx.* gives a mini program: login, the phone number, payment. Played by the sandbox.

const phone = document.getElementById("phone").dataset;

async function ask(step, given = {}) {
  const answer = await fetch(`/_sim/users/${encodeURIComponent(phone.user)}/${step}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...(phone.app ? { app_id: phone.app } : {}), ...given }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.errMsg || body.error?.message || "微信没有回答");
  return body;
}

export const login = async () => (await ask("login")).js_code;
export const phoneCode = async () => (await ask("phone")).code;
export const requestPayment = (sheet) => ask("pay", sheet);
export const scan = (qr) => ask("scan", { qr });
