/** What a simulated host is said to be. */
export interface HostSpec {
  /** What it calls itself, and is reached at. */
  readonly address: string
  readonly uuid: string
  /** As the firmware names it: "AMD EPYC 7443P 24-Core Processor". */
  readonly processor: string
  /** As libvirt names it: "EPYC-Milan". */
  readonly cpuModel: string
  readonly cpuVendor: 'AMD' | 'Intel'
  readonly cpuMhz: number
  readonly sockets: number
  readonly coresPerSocket: number
  readonly threadsPerCore: number
  readonly memoryKiB: number
  /** libvirt's form: major × 1,000,000 + minor × 1,000 + release. */
  readonly libvirtVersion: number
  readonly qemuVersion: number
}

/** Processors that its kernel sees. */
export function cpusOf({ sockets, coresPerSocket, threadsPerCore }: HostSpec): number {
  return sockets * coresPerSocket * threadsPerCore
}
