/** All actions that come with the server. Written by scripts/generate-connector-index.mjs from the names of the files. */
import type { Action } from '@cloudflow/sdk/index.ts';
import cryptoDecrypt from './crypto/decrypt.action.ts';
import cryptoEncrypt from './crypto/encrypt.action.ts';
import cryptoHash from './crypto/hash.action.ts';
import cryptoHmac from './crypto/hmac.action.ts';
import cryptoRandom from './crypto/random.action.ts';
import cryptoSign from './crypto/sign.action.ts';
import cryptoVerify from './crypto/verify.action.ts';
import csvParse from './csv/parse.action.ts';
import csvWrite from './csv/write.action.ts';
import databaseRunOperation from './database/run-operation.action.ts';
import dateAdd from './date/add.action.ts';
import dateDiff from './date/diff.action.ts';
import dateFormat from './date/format.action.ts';
import dateParse from './date/parse.action.ts';
import discordPostMessage from './discord/post-message.action.ts';
import emailSend from './email/send.action.ts';
import githubCommentIssue from './github/comment-issue.action.ts';
import githubCreateIssue from './github/create-issue.action.ts';
import githubCreateOrUpdateFile from './github/create-or-update-file.action.ts';
import githubDispatchWorkflow from './github/dispatch-workflow.action.ts';
import githubGet from './github/get.action.ts';
import graphqlQuery from './graphql/query.action.ts';
import httpRequest from './http/request.action.ts';
import jsonMerge from './json/merge.action.ts';
import jsonValidate from './json/validate.action.ts';
import kafkaProduce from './kafka/produce.action.ts';
import llmChat from './llm/chat.action.ts';
import llmEmbed from './llm/embed.action.ts';
import redisAddToStream from './redis/add-to-stream.action.ts';
import redisDelete from './redis/delete.action.ts';
import redisGet from './redis/get.action.ts';
import redisIncrement from './redis/increment.action.ts';
import redisPop from './redis/pop.action.ts';
import redisPublish from './redis/publish.action.ts';
import redisPush from './redis/push.action.ts';
import redisSet from './redis/set.action.ts';
import s3DeleteObject from './s3/delete-object.action.ts';
import s3GetObject from './s3/get-object.action.ts';
import s3ListObjects from './s3/list-objects.action.ts';
import s3Presign from './s3/presign.action.ts';
import s3PutObject from './s3/put-object.action.ts';
import slackPostMessage from './slack/post-message.action.ts';
import slackUpdateMessage from './slack/update-message.action.ts';
import teamsPostMessage from './teams/post-message.action.ts';
import webhookSend from './webhook/send.action.ts';
import xmlBuild from './xml/build.action.ts';
import xmlParse from './xml/parse.action.ts';

export const actions: readonly Action[] = [
  cryptoDecrypt,
  cryptoEncrypt,
  cryptoHash,
  cryptoHmac,
  cryptoRandom,
  cryptoSign,
  cryptoVerify,
  csvParse,
  csvWrite,
  databaseRunOperation,
  dateAdd,
  dateDiff,
  dateFormat,
  dateParse,
  discordPostMessage,
  emailSend,
  githubCommentIssue,
  githubCreateIssue,
  githubCreateOrUpdateFile,
  githubDispatchWorkflow,
  githubGet,
  graphqlQuery,
  httpRequest,
  jsonMerge,
  jsonValidate,
  kafkaProduce,
  llmChat,
  llmEmbed,
  redisAddToStream,
  redisDelete,
  redisGet,
  redisIncrement,
  redisPop,
  redisPublish,
  redisPush,
  redisSet,
  s3DeleteObject,
  s3GetObject,
  s3ListObjects,
  s3Presign,
  s3PutObject,
  slackPostMessage,
  slackUpdateMessage,
  teamsPostMessage,
  webhookSend,
  xmlBuild,
  xmlParse,
];
