/** Signatures by the names of JOSE (RFC 7518, RFC 8037): which key each takes, and how it is called by the platform. */
import { constants, type KeyObject, sign, verify } from 'node:crypto';
import Type from 'typebox';

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type Algorithm = (typeof algorithms)[number];

export const algorithm = Type.Enum([...algorithms], {
  description: '`RS…` and `PS…` with an RSA key, `ES…` with one of an elliptic curve, `EdDSA` with Ed25519.',
});
export const signatureFormat = Type.Optional(
  Type.Enum(['jose', 'der'], {
    default: 'jose',
    description: 'Of `ES…`: `jose` as in a JWT, `der` as OpenSSL and X.509 write it. Default: jose.',
  }),
);

const curves: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };
/** A signature with a longer key holds up the process for longer than others should wait. */
const mostBits = 8_192;

/** What is wrong with the key; undefined when the algorithm takes it. */
export function keyProblem(name: Algorithm, key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType;
  if (name === 'EdDSA') return type === 'ed25519' ? undefined : 'is no key of Ed25519';
  const curve = curves[name];
  if (curve !== undefined) return type === 'ec' && namedCurve === curve ? undefined : `is no key of the curve ${curve}`;
  if (type !== 'rsa') return 'is no RSA key';
  return modulusLength >= 2_048 && modulusLength <= mostBits ? undefined : `does not have 2048 to ${mostBits} bits`;
}

export type Signing = { readonly algorithm: Algorithm; readonly key: KeyObject; readonly format: 'jose' | 'der' };

export function signatureOf(data: Buffer, signing: Signing): Buffer {
  return sign(digestOf(signing.algorithm), data, { key: signing.key, ...paddingOf(signing) });
}

export function isSignature(signature: Buffer, data: Buffer, signing: Signing): boolean {
  return verify(digestOf(signing.algorithm), data, { key: signing.key, ...paddingOf(signing) }, signature);
}

function digestOf(name: Algorithm): string | null {
  return name === 'EdDSA' ? null : `sha${name.slice(2)}`;
}

function paddingOf({ algorithm: name, format }: Signing) {
  if (name.startsWith('PS'))
    return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return name.startsWith('ES') ? { dsaEncoding: format === 'der' ? ('der' as const) : ('ieee-p1363' as const) } : {};
}
