const LENGTH_LIMIT = 255

/**
 * Names of hosts as OpenSSH takes them (`valid_hostname` of its ssh.c): no leading dash, which would be an option to
 * `ssh -G`, and nothing that a shell would act on, as the user's `Match exec` may hand the name to one.
 */
const HOST_NAME = /^[^\s\p{Cc}'"`$\\;&<>|(){}-][^\s\p{Cc}'"`$\\;&<>|(){}]*$/u

/** True for a host's name or address that may be handed on. */
export function isHostName(text: string): boolean {
  return text.length <= LENGTH_LIMIT && HOST_NAME.test(text)
}

/** What OpenSSH lets no user's name hold (`valid_ruser` of its ssh.c): an option, shell syntax, a backslash at the end. */
const NOT_IN_USER_NAME = /^-|[\p{Cc}'"`;&<>|(){}]|\s-|\\$/u

/** True for a user's name that may be handed on. `CORP\alice`, `svc$` and blanks are names of users. */
export function isUserName(text: string): boolean {
  return text !== '' && text.length <= LENGTH_LIMIT && !NOT_IN_USER_NAME.test(text)
}

/** An IPv6 address without the brackets that URLs put around it; other text as it is. */
export function withoutBrackets(address: string): string {
  return address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address
}
