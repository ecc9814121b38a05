import { packString, packUint32 } from './wire-format.ts'

const BLOCK = 8
const LINE = 70

/**
 * An unencrypted private key in OpenSSH's own format (PROTOCOL.key), from its public blob and its private fields in
 * OpenSSH's order. It is what other formats are turned into, in memory, for ssh2 to read.
 */
export function packOpenSshKey(publicKey: Buffer, keyType: string, fields: readonly Buffer[]): string {
  // Two equal numbers, by which a wrong passphrase would show; this one is not encrypted.
  const check = packUint32(0)
  const body = Buffer.concat([check, check, packString(keyType), ...fields.map(packString), packString('')])
  const padding = Buffer.from(Array.from({ length: (BLOCK - (body.length % BLOCK)) % BLOCK }, (_, index) => index + 1))
  const none = packString('none')
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    packString(''),
    packUint32(1),
    packString(publicKey),
    packString(Buffer.concat([body, padding])),
  ])
  const lines = whole.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
