/** What a file that declares an action imports. */
export * from './action.ts';
export * from './error.ts';
