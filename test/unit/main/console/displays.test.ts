import { describe, expect, it } from 'vitest'
import { chooseDisplay } from '../../../../src/main/console/open-graphics.ts'
import { parseDisplays } from '../../../../src/main/xml/index.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'

const domain = (devices: string) => `<domain type='kvm'><name>a</name><devices>${devices}</devices></domain>`

describe('where displays listen', () => {
  it.each([
    [
      'a socket of libvirt’s making',
      "<graphics type='vnc' socket='/run/a.sock'><listen type='socket' socket='/run/a.sock'/></graphics>",
      { kind: 'socket', path: '/run/a.sock' },
    ],
    [
      'a TCP port on loopback',
      "<graphics type='vnc' port='5901' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>",
      { kind: 'tcp', host: '127.0.0.1', port: 5901 },
    ],
    [
      'all IPv4 addresses, reached over loopback',
      "<graphics type='vnc' port='5900'><listen type='address' address='0.0.0.0'/></graphics>",
      { kind: 'tcp', host: '127.0.0.1', port: 5900 },
    ],
    [
      'all addresses, reached over loopback',
      "<graphics type='vnc' port='5900'><listen type='address' address='::'/></graphics>",
      { kind: 'tcp', host: '::1', port: 5900 },
    ],
    [
      'the address of a libvirt network',
      "<graphics type='vnc' port='5900'><listen type='network' network='default' address='192.168.122.1'/></graphics>",
      { kind: 'tcp', host: '192.168.122.1', port: 5900 },
    ],
    [
      'what old libvirt wrote',
      "<graphics type='vnc' port='5900' listen='10.0.0.1'/>",
      { kind: 'tcp', host: '10.0.0.1', port: 5900 },
    ],
    ['nowhere', "<graphics type='vnc'><listen type='none'/></graphics>", { kind: 'none' }],
    [
      'a port that is not given yet',
      "<graphics type='vnc' port='-1' autoport='yes'><listen type='address' address='127.0.0.1'/></graphics>",
      { kind: 'none' },
    ],
    [
      'a relative socket path',
      "<graphics type='vnc' socket='x'><listen type='socket' socket='x'/></graphics>",
      { kind: 'none' },
    ],
    ['a port that is none', "<graphics type='vnc' port='70000' listen='127.0.0.1'/>", { kind: 'none' }],
  ])('%s', (_title, graphics, expected) => {
    expect(parseDisplays(domain(graphics))[0]?.listener).toEqual(expected)
  })

  it('give their password', () => {
    expect(parseDisplays(domain("<graphics type='vnc' passwd='s&lt;3'/>"))[0]?.password).toBe('s<3')
  })

  it('are not found outside of the devices', () => {
    expect(parseDisplays("<domain><metadata><graphics type='vnc'/></metadata><devices/></domain>")).toEqual([])
  })
})

describe('the display that is opened', () => {
  const listening = "<graphics type='vnc' port='5900' listen='127.0.0.1'/>"
  const codeOf = (devices: string) => {
    try {
      const { listener } = chooseDisplay('web-01', parseDisplays(domain(devices)))
      return listener.kind
    } catch (error) {
      return isAppError(error) ? error.code : String(error)
    }
  }
  it.each([
    ['the first VNC one that listens', `<graphics type='vnc'><listen type='none'/></graphics>${listening}`, 'tcp'],
    ['VNC beside SPICE', `<graphics type='spice' port='1'/>${listening}`, 'tcp'],
    ['none at all', '', 'console.no-graphics'],
    ['SPICE only', "<graphics type='spice' port='1'/>", 'console.kind-unsupported'],
    ['one that listens nowhere', "<graphics type='vnc'><listen type='none'/></graphics>", 'console.not-listening'],
  ])('%s', (_title, devices, expected) => {
    expect(codeOf(devices)).toBe(expected)
  })
})
