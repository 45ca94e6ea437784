/** The header that makes a request safe to repeat. */
import Type from 'typebox';

/** The headers of an operation that creates. `description` says what the key stands for. */
export function idempotencyHeaders(description: string) {
  const key = { pattern: '^[!-~]{1,255}$', 'x-expected': '1 to 255 visible ASCII characters', description };
  return Type.Object({ 'idempotency-key': Type.Optional(Type.String(key)) });
}
