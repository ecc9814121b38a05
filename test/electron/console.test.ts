import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Daemon, startDaemon } from '../libvirt/daemon.ts'
import type { DrivenApp } from './driver.ts'
import { copyBuiltApp, drivers } from './drivers.ts'
import { waitFor } from './wait-for.ts'

const hasLibvirt = existsSync('/usr/sbin/libvirtd') && existsSync('/usr/bin/qemu-system-x86_64')

if (!hasLibvirt) process.stderr.write('electron: consoles are not tested: libvirtd and QEMU are absent\n')

/** A machine that shows its firmware on a VNC socket, and has a serial port. */
const machineXml = (folder: string) => `<domain type='qemu'>
  <name>shown</name><uuid>7d1f3f5e-4a2b-4c6d-8e9f-0123456789ab</uuid>
  <memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type='pty'/><console type='pty'/>
    <graphics type='vnc'><listen type='socket' socket='${folder}/vnc.sock'/></graphics>
    <video><model type='vga'/></video>
  </devices>
</domain>`

// Where libvirt and QEMU are: npm test installs them on Debian.
describe.runIf(hasLibvirt).each(drivers)('consoles over message ports, in $name', (driver) => {
  let folder = ''
  let daemon: Daemon
  let app: DrivenApp
  let page: Page
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtdeck-electron-'))
    daemon = await startDaemon()
    const libvirt = await daemon.open({ uri: 'qemu:///session' })
    const { dom } = await libvirt.call('DOMAIN_DEFINE_XML', { xml: machineXml(daemon.folder) })
    await libvirt.call('DOMAIN_CREATE', { dom })
    await libvirt.close()
    const appDir = await copyBuiltApp(folder)
    const dataDir = join(folder, 'data')
    const env = { XDG_RUNTIME_DIR: join(daemon.folder, 'run') }
    const input = JSON.stringify({ transport: 'local', address: 'localhost', libvirtMode: 'session', name: 'here' })
    const program = join(appDir, 'out/main/cli.js')
    await promisify(execFile)(process.execPath, [program, 'call', 'host.add', input, '--data-dir', dataDir, '--json'], {
      env: { ...process.env, ...env },
    })
    app = await driver.launch({ appDir, dataDir, env })
    page = await waitFor('the main window', () => app.pages().find((each) => each.url().endsWith('/index.html')))
  })
  afterAll(async () => {
    await app?.kill()
    await daemon?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const openConsole = async (kind: 'graphics' | 'serial') => {
    await page.evaluate(([wanted, vm]) => window.open('', `virtdeck-console-${wanted}-${vm}`), [
      kind,
      '7d1f3f5e-4a2b-4c6d-8e9f-0123456789ab',
    ] as const)
    const shown = await waitFor(`the ${kind} window`, () =>
      app.pages().find((each) => each.url().includes(`kind=${kind}`)),
    )
    await shown.locator('.vd-console[data-phase="connected"]').waitFor()
    return shown
  }

  it('show the machine’s picture', async () => {
    await page.getByRole('treeitem', { name: 'shown' }).waitFor()
    const shown = await openConsole('graphics')
    const size = await shown
      .getByRole('application')
      .evaluate((canvas: HTMLCanvasElement) => canvas.width * canvas.height)
    expect(size).toBeGreaterThanOrEqual(640 * 400)
    const colours = () =>
      shown.getByRole('application').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
        return new Set(data).size
      })
    await waitFor('the firmware has written something', async () => (await colours()) > 2)
  })

  it('join the serial port', async () => {
    const shown = await openConsole('serial')
    await shown.keyboard.type('x')
    await shown.locator('.vd-console[data-phase="connected"]').waitFor()
    expect(await shown.title()).toContain('shown')
  })

  it('end when the machine is destroyed next door, and come back when it starts', async () => {
    const shown = await openConsole('graphics')
    const libvirt = await daemon.open({ uri: 'qemu:///session' })
    const { dom } = await libvirt.call('DOMAIN_LOOKUP_BY_NAME', { name: 'shown' })
    await libvirt.call('DOMAIN_DESTROY', { dom })
    await shown.locator('.vd-console[data-phase="waiting"]').waitFor()
    await libvirt.call('DOMAIN_CREATE', { dom })
    await shown.locator('.vd-console[data-phase="connected"]').waitFor()
    await libvirt.close()
  })

  it('come back with another engine when theirs has crashed', async () => {
    const shown = await openConsole('serial')
    const pid = await waitFor('the engine’s process', () => app.enginePid())
    const lost = shown.locator('.vd-console:not([data-phase="connected"])').waitFor()
    process.kill(pid, 'SIGKILL')
    await lost
    await shown.locator('.vd-console[data-phase="connected"]').waitFor()
  })
})
