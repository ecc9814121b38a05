import type { LabHost } from './host.ts'

/** What an iSCSI target is made of. */
export interface IscsiTargetOptions {
  /** The last part of its name: `iqn.2026-01.lab.virtdeck:<name>`. */
  readonly name: string
  /** One LUN for each, numbered from 1, with this size. */
  readonly lunsMiB: readonly number[]
  /** Whom the target lets in; anybody where it is left out. */
  readonly chap?: { readonly user: string; readonly password: string }
}

const tgtadm = 'tgtadm --lld iscsi'

/** A target of tgt, a real iSCSI server. */
export class IscsiTarget {
  readonly iqn: string
  /** Address and port, as initiators write it. */
  readonly portal: string
  readonly #server: LabHost
  readonly #options: IscsiTargetOptions
  readonly #id: number
  readonly #luns = new Map<number, number>()

  constructor(server: LabHost, options: IscsiTargetOptions, id: number) {
    this.#server = server
    this.#options = options
    this.#id = id
    this.iqn = `iqn.2026-01.lab.virtdeck:${options.name}`
    this.portal = `${server.address}:3260`
    for (const [index, sizeMiB] of options.lunsMiB.entries()) this.#luns.set(index + 1, sizeMiB)
  }

  /** Starts the target, and the daemon where it does not run. What lies on the LUNs is there again after a power cut of the server. */
  async start(): Promise<void> {
    const { chap } = this.#options
    const account = [
      `${tgtadm} --op show --mode account | grep -qw '${chap?.user}' || ${tgtadm} --op new --mode account --user '${chap?.user}' --password '${chap?.password}'`,
      `${tgtadm} --op bind --mode account --tid ${this.#id} --user '${chap?.user}'`,
    ]
    const script = [
      'set -e',
      'mkdir -p /run/tgtd /srv/iscsi',
      'pidof tgtd >/dev/null || tgtd --iscsi portal=0.0.0.0:3260',
      `i=0; until ${tgtadm} --op show --mode sys >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 300 ]; sleep 0.1; done`,
      `${tgtadm} --op new --mode target --tid ${this.#id} --targetname ${this.iqn}`,
      ...[...this.#luns].map(([lun, sizeMiB]) => this.#lunLines(lun, sizeMiB)),
      ...(chap ? account : []),
      `${tgtadm} --op bind --mode target --tid ${this.#id} --initiator-address ALL`,
    ]
    await this.#server.exec(script.join('\n'), { timeoutMs: 60_000 })
  }

  /** Ends the target and every session with it, as a server that withdraws it; the LUNs' content stays for `start`. */
  async stop(): Promise<void> {
    await this.#server.exec(`${tgtadm} --op delete --mode target --tid ${this.#id} --force`)
  }

  /** Adds a LUN to the target while it runs; returns its number. */
  async addLun(sizeMiB: number): Promise<number> {
    const lun = Math.max(0, ...this.#luns.keys()) + 1
    await this.#server.exec(`set -e\n${this.#lunLines(lun, sizeMiB)}`)
    this.#luns.set(lun, sizeMiB)
    return lun
  }

  /** Takes a LUN away while it may be in use. */
  async removeLun(lun: number): Promise<void> {
    await this.#server.exec(`${tgtadm} --op delete --mode logicalunit --tid ${this.#id} --lun ${lun}`)
    this.#luns.delete(lun)
  }

  /** The initiators that are logged in at present: their names, one for each session. */
  async listSessions(): Promise<string[]> {
    const { stdout } = await this.#server.exec(`${tgtadm} --op show --mode target`)
    const own = stdout.split(/^(?=Target )/m).find((text) => text.includes(`: ${this.iqn}\n`)) ?? ''
    return [...own.matchAll(/Initiator: (\S+)/g)].map(([, name]) => name ?? '')
  }

  #lunLines(lun: number, sizeMiB: number): string {
    const file = `/srv/iscsi/${this.#options.name}-${lun}`
    const number = `--tid ${this.#id} --lun ${lun}`
    return [
      `[ -e ${file} ] || truncate -s ${sizeMiB}M ${file}`,
      `${tgtadm} --op new --mode logicalunit ${number} -b ${file}`,
      // An identity of its own: multipath, LVM and libvirt tell LUNs apart by it.
      `${tgtadm} --op update --mode logicalunit ${number} --params scsi_sn=${this.#options.name}-${lun}`,
    ].join('\n')
  }
}
