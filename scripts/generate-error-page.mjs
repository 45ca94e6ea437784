/** Writes docs/reference/errors.md from the tables of codes. */
import { writeFileSync } from 'node:fs';
import { inputCodes } from '../packages/server/src/kernel/errors/input-codes.ts';
import { problemCodes } from '../packages/server/src/kernel/errors/problem-codes.ts';
import { stepCodes } from '../packages/server/src/kernel/errors/step-codes.ts';

/** @param {readonly string[]} cells */
const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const problems = Object.entries(problemCodes).map(([code, { status, title, meaning, remedy }]) =>
  line([`\`${code}\``, String(status), `${title}. ${meaning}`, remedy]),
);
const places = Object.entries(inputCodes).map(([code, meaning]) => line([`\`${code}\``, meaning]));
const steps = Object.entries(stepCodes).map(([code, { retryable, meaning, remedy }]) =>
  line([`\`${code}\``, retryable, meaning, remedy]),
);

const page = `# Errors

Printed from \`packages/server/src/kernel/errors\` by \`npm run generate\`; do not edit. A code is never renamed, and never
used for something else.

## Problems

What the API answers with: \`application/problem+json\`, whose \`code\` is one of these.

| Code | Status | Meaning | Remedy |
|---|---|---|---|
${problems.join('\n')}

## Places in a request

\`errors[].code\` of \`invalid_body\` and \`invalid_parameter\`.

| Code | Meaning |
|---|---|
${places.join('\n')}

## Steps and executions

\`error.code\` of a step or an execution that failed.

| Code | Tried again | Meaning | Remedy |
|---|---|---|---|
${steps.join('\n')}
`;

writeFileSync(new URL('../docs/reference/errors.md', import.meta.url), page);
