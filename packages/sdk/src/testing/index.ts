/** What the tests of an action import. */
export * from './fake-context.ts';
export type { HttpFailure, HttpMock } from './fake-http.ts';
export * from './run-action.ts';
