/** All actions that come with the server. Written by scripts/generate-connector-index.mjs from the names of the files. */
import type { Action } from '@cloudflow/sdk/index.ts';
import httpRequest from './http/request.action.ts';

export const actions: readonly Action[] = [httpRequest];
