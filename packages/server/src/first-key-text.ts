/** What is shown once, when the first start has made an administrator's key. */
export function firstKeyText(key: string, url: string): string {
  return `
  This is the key of the administrator. It is shown this once and kept only as a hash:

    ${key}

  Try it:

    curl ${url}/api/v1/workflows -H 'Authorization: Bearer ${key}'

  All operations: ${url}/docs
`;
}
