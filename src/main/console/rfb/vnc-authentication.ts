import { createCipheriv } from 'node:crypto'

const BLOCK_BYTES = 8
const ZERO_IV = Buffer.alloc(BLOCK_BYTES)

/**
 * Encrypts one 8-byte block with single DES. OpenSSL 3 has no DES in its default provider, but triple DES with three equal
 * keys is the same thing; and CBC of one block with a zero IV is ECB, which BoringSSL (Electron) lacks.
 */
export function encryptDesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), ZERO_IV)
  cipher.setAutoPadding(false)
  return Buffer.concat([cipher.update(block), cipher.final()])
}

/** The DES key that VNC makes of a password: 8 bytes, padded with zeros or cut, the bits of each byte mirrored (RFC 6143, 7.2.2). */
export function deriveVncKey(password: string): Uint8Array {
  const key = new Uint8Array(BLOCK_BYTES)
  key.set(Buffer.from(password, 'utf8').subarray(0, BLOCK_BYTES))
  return key.map(mirrorBits)
}

/** The answer to a 16-byte challenge of "VNC Authentication". */
export function answerVncChallenge(password: string, challenge: Uint8Array): Uint8Array {
  const key = deriveVncKey(password)
  return Buffer.concat([
    encryptDesBlock(key, challenge.subarray(0, BLOCK_BYTES)),
    encryptDesBlock(key, challenge.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES)),
  ])
}

function mirrorBits(byte: number): number {
  let mirrored = 0
  for (let bit = 0; bit < 8; bit += 1) {
    if ((byte & (1 << bit)) !== 0) mirrored |= 0x80 >> bit
  }
  return mirrored
}
