import { createPrivateKey, type KeyObject } from 'node:crypto'
import { AppError } from '../../shared/errors/index.ts'
import { errorCodeOf } from './failure.ts'
import { packOpenSshKey } from './openssh-key.ts'
import { packString } from './wire-format.ts'

/** OpenSSL's codes for an encryption that it does not know, unlike those for a passphrase that does not fit. */
const UNKNOWN_ENCRYPTION = /^ERR_OSSL_\w+_(UNSUPPORTED|UNKNOWN)/

const SSH_CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/**
 * Decrypts a key in PEM (PKCS#1, SEC 1, PKCS#8) and gives it in a format that ssh2 reads, unencrypted.
 * Errors: ssh.key-passphrase-wrong, ssh.key-unsupported, ssh.key-unreadable.
 */
export function convertPemKey(path: string, text: string, encrypted: boolean, passphrase: string): string {
  const key = decrypt(path, text, encrypted, passphrase)
  const curve = key.asymmetricKeyDetails?.namedCurve ?? ''
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'ec' && SSH_CURVES.has(curve)) {
    return key.export({ type: 'sec1', format: 'pem' }).toString()
  }
  if (key.asymmetricKeyType === 'ed25519') {
    const { x = '', d = '' } = key.export({ format: 'jwk' })
    const open = Buffer.from(x, 'base64url')
    const blob = Buffer.concat([packString('ssh-ed25519'), packString(open)])
    return packOpenSshKey(blob, 'ssh-ed25519', [open, Buffer.concat([Buffer.from(d, 'base64url'), open])])
  }
  const keyType = curve || (key.asymmetricKeyType ?? 'unknown')
  throw new AppError('ssh.key-unsupported', { path, keyType, hint: 'type' })
}

function decrypt(path: string, text: string, encrypted: boolean, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem', ...(encrypted ? { passphrase } : {}) })
  } catch (error) {
    const code = errorCodeOf(error)
    if (!encrypted) throw new AppError('ssh.key-unreadable', { path, reason: code }, { cause: error })
    if (UNKNOWN_ENCRYPTION.test(code)) {
      throw new AppError('ssh.key-unsupported', { path, keyType: 'PKCS#8', hint: 'encryption' }, { cause: error })
    }
    throw new AppError('ssh.key-passphrase-wrong', { path }, { cause: error })
  }
}
