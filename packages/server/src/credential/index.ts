/** What others see of the credential service. */
export { headerOf, isOnlyKey } from './credential-types.ts';
export { forgetCredentialKeys } from './forget-keys.ts';
export { mayBeSentTo } from './host-patterns.ts';
export { credentialRoutes, type TryCredential } from './routes.ts';
export { type Credentials, createCredentials, type OpenCredential } from './service.ts';
