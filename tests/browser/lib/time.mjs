// Nothing here waits for ever.

/** What the promise gives, or an error when that takes longer. */
export function within(seconds, promise) {
  let clock;
  const late = new Promise((_, fail) => { clock = setTimeout(() => fail(new Error(`not within ${seconds} s`)), seconds * 1000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(clock));
}

/** Asks again until the answer is true. */
export async function until(seconds, what, ask) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await ask()) return;
    await new Promise((again) => setTimeout(again, 150));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
