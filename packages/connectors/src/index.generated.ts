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
import llmChat from './llm/chat.action.ts';
import llmEmbed from './llm/embed.action.ts';
import s3DeleteObject from './s3/delete-object.action.ts';
import s3GetObject from './s3/get-object.action.ts';
import s3ListObjects from './s3/list-objects.action.ts';
import s3Presign from './s3/presign.action.ts';
import s3PutObject from './s3/put-object.action.ts';
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
  llmChat,
  llmEmbed,
  s3DeleteObject,
  s3GetObject,
  s3ListObjects,
  s3Presign,
  s3PutObject,
  slackPostMessage,
  slackUpdateMessage,
  teamsPostMessage,
  webhookSend,
];
