/** Small pieces of sentences. */
export function clock(at: number): string {
  return new Date(at).toISOString();
}

export function named(path: string | null): string {
  return path === null ? 'The execution' : `Step \`${path}\``;
}

/** A message that somebody else wrote, short enough for a sentence. */
export function quoted(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ').trim();
  return oneLine.length > 200 ? `${oneLine.slice(0, 200)}…` : oneLine;
}

/** `a, b or c` */
export function counted(words: readonly string[], last: 'or' | 'and'): string {
  const [head, end] = [words.slice(0, -1), words.at(-1) ?? 'nothing'];
  return head.length === 0 ? end : `${head.join(', ')} ${last} ${end}`;
}
