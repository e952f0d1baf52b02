// A journey: steps one after another, each with its time. After a step that failed the others are not tried.
import { test } from "node:test";

/** Gives `step(name, what)`: a test that is skipped once an earlier one of the journey has failed. */
export function journey(seconds = 120) {
  let failed;
  return (name, what, { longest = seconds } = {}) => test(name, { timeout: longest * 1000 }, async (context) => {
    if (failed) return context.skip(`after: ${failed}`);
    failed = name;
    await what();
    failed = undefined;
  });
}
