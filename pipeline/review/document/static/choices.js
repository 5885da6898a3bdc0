// Codes and places that labels are chosen from, with their words.

let codes = null;
let places = null;

export async function loadCodes() {
  codes ??= await page.ask("/choices/codes");
  return codes;
}

export async function loadPlaces() {
  places ??= await page.ask("/choices/places");
  return places;
}

export function choicesOf(label, service) {
  if (label === "detail") return codes.detail[service] || [];
  if (label === "place") return places || [];
  return codes[label];
}

// A code with its Spanish words, where they are known
export function spanish(label, code, service) {
  const found = choicesOf(label, service).find((one) => one.code === code);
  return found ? found.es : "";
}
