/** Files that code finds by where it stands itself: `new URL('./thread.ts', import.meta.url)`. The compiler leaves these alone. */

const address = /new URL\('(\.{1,2}\/[^'`]+)', import\.meta\.url\)/g;

/** The same places in a package, where `src` has become `dist`. */
export function withCompiledUrls(code: string): string {
  return code.replace(address, (whole, path: string) => {
    if (!path.endsWith('.ts')) return whole;
    return `new URL('${path.replace('/src/', '/dist/').replace(/\.ts$/, '.js')}', import.meta.url)`;
  });
}

/** All such places, to see that they are there. */
export function urlsIn(code: string): readonly string[] {
  return [...code.matchAll(address)].map(([, path = '']) => path);
}
