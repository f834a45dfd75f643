import { generateKeyPairSync } from 'node:crypto';

export interface AppKey {
  /** PKCS#8 PEM; what a GitHub App signs its JSON web tokens with. */
  readonly privateKey: string;
  /** SPKI PEM; what the fake GitHub checks them with. */
  readonly publicKey: string;
}

/** A fresh 2048-bit RSA key pair for a GitHub App, as GitHub's "Generate a private key" button makes. */
export function generateAppKey(): AppKey {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
