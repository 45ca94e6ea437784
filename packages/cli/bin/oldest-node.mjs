/** The Node that the product needs, and the one it brings to a machine that has an older one. */

/** The first 24 that runs TypeScript without saying that this is experimental. */
export const oldestNode = '24.12.0';

/** The one that the lockfile of the repository pins. */
export const broughtNode = '24.21.0';

/** @param {string} version */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
