/** What a file that declares an action imports. */
export * from './action.ts';
export { addressOf, credentialName, credentialOf } from './credential.ts';
export * from './error.ts';
export * from './error-codes.ts';
export * from './http-answer.ts';
