/** What a message of Slack is made of, and what both actions that send one say of it. */
import { connectionErrors, credentialErrors, providerRefused, responseInvalid } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

export const content = {
  text: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 40_000,
      description:
        'In the mrkdwn of Slack. With `blocks` it is what notifications show. One of the two is required; `&`, `<` and `>` of ' +
        'data that is no markup are written `&amp;`, `&lt;` and `&gt;`.',
    }),
  ),
  blocks: Type.Optional(
    Type.Array(Type.Object({}, { description: 'A block of Block Kit.' }), {
      minItems: 1,
      maxItems: 50,
      description: 'Blocks of Block Kit, as the builder of Slack gives them.',
    }),
  ),
};

export const errors = [
  providerRefused(
    '`details.error` is the code of Slack, such as `channel_not_found` or `not_in_channel`, and `details.needed` the scope that is missing.',
  ),
  responseInvalid,
  ...connectionErrors,
  ...credentialErrors,
];
