// A phone's camera as a scanner, where the browser can read codes by itself.
const by = (id) => document.getElementById(id);
let stream = null, last = "", lastAt = 0;

const shut = () => {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  by("lens").hidden = true;
};

const look = async (detector, heard) => {
  if (!stream) return;
  const [found] = await detector.detect(by("view")).catch(() => []);
  const now = performance.now();
  if (found && (found.rawValue !== last || now - lastAt > 1500)) {
    [last, lastAt] = [found.rawValue, now];
    navigator.vibrate?.(60);
    heard(found.rawValue);
  }
  setTimeout(() => look(detector, heard), 120);
};

export const startLens = (heard) => {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  by("camera").hidden = false;
  by("shut").addEventListener("click", shut);
  by("camera").addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return;
    }
    by("lens").hidden = false;
    by("view").srcObject = stream;
    await by("view").play();
    look(new BarcodeDetector(), heard);
  });
};
