/** A credential as an action gets it: `context.credential(name)`. Its values are in memory for as long as the try runs. */
export type Credential = {
  /** Such as `database`. */
  readonly type: string;
  /** By field; whatever of them is secret is masked in what the try gives back, and in its log. */
  readonly values: Readonly<Record<string, string>>;
};
