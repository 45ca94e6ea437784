/** What is published, and what of it is not in the package.json of its workspace. */

export type Published = {
  /** The workspace, below packages/. */
  readonly folder: string;
  /** The oldest Node that its compiled code is for. */
  readonly node: string;
  /** Importing a module of it does nothing, so bundlers may leave out what is not used. */
  readonly isPure?: boolean;
  /** Folders of the workspace that are read when it runs, as they are. */
  readonly folders?: readonly string[];
  /** Below src/: a part for the tests of others. */
  readonly testSupport?: string;
};

/** In the order in which they depend on each other. */
export const published: readonly Published[] = [
  { folder: 'core', node: '>=20', isPure: true },
  { folder: 'sdk', node: '>=20', isPure: true, testSupport: 'testing' },
  { folder: 'connectors', node: '>=24.12' },
  { folder: 'server', node: '>=24.12', folders: ['migrations'] },
  // Its program finds a newer Node where there is an older one: packages/cli/bin.
  { folder: 'cli', node: '>=20', folders: ['bin'] },
];
