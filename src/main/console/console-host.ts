import type { Duplex } from 'node:stream'
import type { HostId, Vm } from '../../shared/domain/index.ts'
import type { DomainState, ShellChannel, TerminalSize } from '../hosts/index.ts'

interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

type VmReference = Pick<Vm, 'id' | 'name'>

/** How libvirt says that a domain stands, in words. */
export interface DomainStanding {
  readonly state: DomainState
  readonly reason: string
}

/** What a console needs of the host that its VM runs on. */
export interface ConsoleHost {
  /** Asks the host anew, past what is remembered of the VM. */
  fetchState(vm: VmReference, limits: Limits): Promise<DomainStanding>
  /** The live definition with its secrets (VIR_DOMAIN_XML_SECURE). */
  fetchDomainXml(vm: VmReference, limits: Limits): Promise<string>
  /**
   * Opens the serial port or console of this alias, on a libvirt connection of its own that ends with the stream. `force` takes it from
   * whoever has it. Errors: libvirt.call-failed and those of connecting.
   */
  openSerial(vm: VmReference, options: Limits & { readonly alias: string; readonly force: boolean }): Promise<Duplex>
  /** The login shell of the user who signs in, on a terminal of its own. Errors: host.not-connected, host.needs-ssh, those of ssh. */
  openShell(size: TerminalSize, limits: Limits): Promise<ShellChannel>
  /** A unix socket on the host. Errors: ssh.forward-refused and its like. */
  forwardSocket(path: string, limits: Limits): Promise<Duplex>
  /** A TCP connection made by the host. */
  forwardTcp(host: string, port: number, limits: Limits): Promise<Duplex>
}

/** Finds the host by its id. Throws host.not-found or host.not-connected. */
export type FindConsoleHost = (hostId: HostId) => ConsoleHost
