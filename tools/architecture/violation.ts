/** What the checker found. */
export type Violation = {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly line: number;
  /** What is wrong, which rule says so, and what to do instead: one sentence. */
  readonly message: string;
};

export function printed({ path, line, message }: Violation): string {
  return `${path}:${line} ${message}`;
}
