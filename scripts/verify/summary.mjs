/** The last line of `npm run verify`. */

/**
 * A run with tests ends with `N passed, N failed`, where a step that is no test counts only when it failed. A run without
 * any has no tests to count, so that it counts its steps, and says so.
 *
 * @param {readonly import('./steps.mjs').Result[]} results
 * @returns {{ line: string, failed: number }}
 */
export function summary(results) {
  const failed = results.reduce((sum, result) => sum + (result.ok ? 0 : Math.max(result.failed ?? 0, 1)), 0);
  if (results.some((result) => result.passed !== undefined)) {
    const passed = results.reduce((sum, result) => sum + (result.passed ?? 0), 0);
    return { line: `${passed} passed, ${failed} failed`, failed };
  }
  const held = results.filter((result) => result.ok).length;
  return {
    line: `${held} of ${results.length} ${results.length === 1 ? 'step' : 'steps'} passed; no tests were run`,
    failed,
  };
}
