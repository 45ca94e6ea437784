/** How the program ends: one closed table, printed in docs/reference/cli.md. A script may rely on every number. */
export const exitCodes = {
  ok: { code: 0, meaning: 'It was done.' },
  error: {
    code: 1,
    meaning:
      'It failed for another reason: the server cannot be reached, or answered with an error of its own; or a test case failed.',
  },
  usage: {
    code: 2,
    meaning: 'The command line, the environment or cloudflow.yaml is not right; nothing was asked of the server.',
  },
  not_found: { code: 3, meaning: 'What was named does not exist.' },
  auth: { code: 4, meaning: 'There is no key, it is not valid, or it lacks a permission.' },
  validation: { code: 5, meaning: 'A definition, an input or a value was refused.' },
  conflict: { code: 6, meaning: 'The present state does not allow it, or it has changed since it was read.' },
  timeout: { code: 7, meaning: 'It did not end in the time that was given.' },
  run_failed: { code: 8, meaning: 'The run that was waited for ended FAILED or CANCELLED.' },
  interrupted: { code: 130, meaning: 'Ctrl-C, or a prompt that was left.' },
} as const;

export type Ending = keyof typeof exitCodes;
