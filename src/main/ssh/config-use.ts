import { homedir, userInfo } from 'node:os'
import { configFileOrder, fetchHostConfig, type HostConfig } from './config-files.ts'
import type { SshConfigSource } from './resolve-target.ts'

/** Keywords by which a name leads to another place, or to keys and programs of the account that runs this. */
const TELLING = [
  'hostname',
  'identityfile',
  'certificatefile',
  'identityagent',
  'pkcs11provider',
  'securitykeyprovider',
  'proxyjump',
  'proxycommand',
  'knownhostscommand',
] as const

const SPELLING: Readonly<Record<(typeof TELLING)[number], string>> = {
  hostname: 'HostName',
  identityfile: 'IdentityFile',
  certificatefile: 'CertificateFile',
  identityagent: 'IdentityAgent',
  pkcs11provider: 'PKCS11Provider',
  securitykeyprovider: 'SecurityKeyProvider',
  proxyjump: 'ProxyJump',
  proxycommand: 'ProxyCommand',
  knownhostscommand: 'KnownHostsCommand',
}

/**
 * What the ssh_config files give to a name that is more than a way to write an address: keywords as ssh_config(5) spells
 * them, and blocks of which only OpenSSH knows whether they apply. Empty: the name means the same to everybody. The files
 * are read by ourselves, so that no program is run for it. Errors: ssh.config-invalid.
 */
export async function fetchConfigUse(
  target: { readonly address: string; readonly user?: string | undefined },
  source: SshConfigSource = {},
): Promise<readonly string[]> {
  const homePath = source.homePath ?? homedir()
  const config = await fetchHostConfig({
    name: target.address,
    user: target.user,
    localUser: userInfo().username,
    homePath,
    files: configFileOrder(homePath, source.path),
  })
  return decideConfigUse(config, target.address)
}

/** See {@link fetchConfigUse}. Pure. */
export function decideConfigUse(config: HostConfig, name: string): readonly string[] {
  const told = TELLING.filter((keyword) => {
    const values = (config.values.get(keyword) ?? []).map((words) => words.join(' '))
    if (keyword === 'hostname') return values.length > 0 && values[0] !== name && values[0] !== '%h'
    return values.some((value) => value.toLowerCase() !== 'none')
  })
  return [
    ...new Set([...told.map((keyword) => SPELLING[keyword]), ...config.skipped.map(({ directive }) => directive)]),
  ]
}
