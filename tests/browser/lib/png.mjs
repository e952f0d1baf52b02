// Pictures of pages are few colours on plain ground: with a palette they take a third of the bytes.
import { deflateSync } from "node:zlib";

/** The picture with 256 of its colours, the frequent and vivid ones; each other colour becomes the nearest of them. */
export async function paletted(page, png) {
  const blank = await page.context().browser().newPage(); // pixels are read where no policy forbids it
  const { width, height, pixels } = await blank.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const data = context.getImageData(0, 0, image.width, image.height).data;
    let text = "";
    for (let at = 0; at < data.length; at += 32_768) text += String.fromCharCode(...data.subarray(at, at + 32_768));
    return { width: image.width, height: image.height, pixels: btoa(text) };
  }, png.toString("base64"));
  await blank.close();
  return encode(width, height, Buffer.from(pixels, "base64"));
}

function encode(width, height, rgba) {
  const count = new Map();
  const colour = (at) => (rgba[at] << 16) | (rgba[at + 1] << 8) | rgba[at + 2];
  for (let at = 0; at < rgba.length; at += 4) count.set(colour(at), (count.get(colour(at)) ?? 0) + 1);
  const palette = [...count].sort((a, b) => b[1] * vivid(b[0]) - a[1] * vivid(a[0])).slice(0, 256).map(([one]) => one);
  const index = new Map(palette.map((one, place) => [one, place]));
  const rows = Buffer.alloc(height * (width + 1)); // each row begins with its filter: none
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const one = colour(4 * (y * width + x));
      if (!index.has(one)) index.set(one, nearest(palette, one));
      rows[y * (width + 1) + 1 + x] = index.get(one);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8); // eight bits, by palette
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function vivid(one) {
  const parts = [one >> 16, (one >> 8) & 255, one & 255];
  return 8 + Math.max(...parts) - Math.min(...parts);
}

function nearest(palette, one) {
  const far = (other) => ((one >> 16) - (other >> 16)) ** 2 + (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((one & 255) - (other & 255)) ** 2;
  let best = 0;
  for (let place = 1; place < palette.length; place += 1) if (far(palette[place]) < far(palette[best])) best = place;
  return best;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
