// Onto the disk, through the engine's own download: the page has no way to write files.

function download(name: string, url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  download(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the engine reads it after the click has returned
}

export function saveText(name: string, text: string): void {
  saveBlob(name, new Blob([text], { type: "text/plain;charset=utf-8" }));
}

/** Of a data: address, without asking the network: `fetch` of one is refused by the window's policy. */
export function blobOf(dataUrl: string): Blob | null {
  const parts = /^data:([a-z]+\/[a-z0-9.+-]+)((?:;[^;,]+)*),([\s\S]*)$/i.exec(dataUrl);
  if (!parts) return null;
  const [, type = "", options = "", body = ""] = parts;
  try {
    if (!/;base64$/i.test(options)) return new Blob([decodeURIComponent(body)], { type });
    return new Blob([Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))], { type });
  } catch {
    return null; // not what it says it is
  }
}

/** PNG is the one kind of picture every clipboard takes. */
export async function copyPicture(url: string): Promise<boolean> {
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth || 1024;
    canvas.height = picture.naturalHeight || 1024;
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (!blob) return false;
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    return true;
  } catch {
    return false;
  }
}
