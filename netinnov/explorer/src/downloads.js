// Files that the reader saves: made in the page, never sent anywhere.

export function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// What XML 1.0 does not allow, which no reader of an SVG would open.
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export const svgText = (svg) => new XMLSerializer().serializeToString(svg).replace(NOT_IN_XML, "\ufffd");

/** An SVG drawn to a PNG, so many times as large. */
export async function png(svg, scale = 2) {
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  // `toBlob` waits until the browser is idle: for seconds where nothing is on a screen.
  const base64 = canvas.toDataURL("image/png").split(",")[1];
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: "image/png" });
}
