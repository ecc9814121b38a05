/** A user of the host by numbers, as the kernel compares them. */
export interface HostAccount {
  readonly name: string
  readonly userId: number
  readonly groupIds: readonly number[]
}

/** What lies at /dev/kvm. `other`: something that is no device. */
export interface KvmDevice {
  readonly kind: 'device' | 'other' | 'none'
  /** Permission bits, e.g. 0o660; null where there is nothing. */
  readonly mode: number | null
  readonly userId: number | null
  readonly groupId: number | null
  readonly group: string | null
}

/** What a host says of itself beside libvirt, also where libvirt lacks. Anything a host does not tell is null or empty. */
export interface HostSurvey {
  /** Of the one who signed in; 0 is root. */
  readonly userId: number | null
  readonly hostName: string | null
  /** Of the CPU: "vmx", "svm", and "hypervisor" where the host itself is virtual. */
  readonly cpuFlags: readonly string[]
  readonly kvm: KvmDevice | null
  /** Whom the distribution runs QEMU as; qemu.conf may say otherwise. */
  readonly qemuUser: HostAccount | null
  readonly memoryKiB: number | null
  /** Of /etc/machine-id, which is not for strangers: a digest tells whether two are the same. */
  readonly machineIdDigest: string | null
  readonly space: readonly { readonly path: string; readonly freeKiB: number }[]
  /** The host's clock minus this computer's, and how far that may be off either way. Milliseconds. */
  readonly clock: { readonly offsetMs: number; readonly boundMs: number } | null
  readonly system: {
    readonly id: string
    readonly like: readonly string[]
    readonly version: string
    readonly name: string
  } | null
  /** As `uname -m` says it. */
  readonly architecture: string | null
  readonly packageManager: 'apt' | 'dnf' | 'zypper' | null
  /** Those of the programs looked for that are there: "libvirtd", "qemu", "bash", … */
  readonly programs: ReadonlySet<string>
  /** May the user become root without a password? Null: nobody needed to know. */
  readonly hasSudo: boolean | null
}
