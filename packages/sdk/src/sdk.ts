/** The whole SDK. Files of actions import `@cloudflow/sdk/index.ts`, which is without the client. */
export * from './client/index.ts';
export * from './index.ts';
export * from './webhook/index.ts';
export * from './worker/index.ts';
