/** All actions that come with the server. Written by scripts/generate-connector-index.mjs from the names of the files. */
import type { Action } from '@cloudflow/sdk/index.ts';
import databaseRunOperation from './database/run-operation.action.ts';
import discordPostMessage from './discord/post-message.action.ts';
import githubCommentIssue from './github/comment-issue.action.ts';
import githubCreateIssue from './github/create-issue.action.ts';
import githubCreateOrUpdateFile from './github/create-or-update-file.action.ts';
import githubDispatchWorkflow from './github/dispatch-workflow.action.ts';
import githubGet from './github/get.action.ts';
import graphqlQuery from './graphql/query.action.ts';
import httpRequest from './http/request.action.ts';
import slackPostMessage from './slack/post-message.action.ts';
import slackUpdateMessage from './slack/update-message.action.ts';
import teamsPostMessage from './teams/post-message.action.ts';
import webhookSend from './webhook/send.action.ts';

export const actions: readonly Action[] = [
  databaseRunOperation,
  discordPostMessage,
  githubCommentIssue,
  githubCreateIssue,
  githubCreateOrUpdateFile,
  githubDispatchWorkflow,
  githubGet,
  graphqlQuery,
  httpRequest,
  slackPostMessage,
  slackUpdateMessage,
  teamsPostMessage,
  webhookSend,
];
