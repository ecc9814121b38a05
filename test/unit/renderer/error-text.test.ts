import { describe, expect, it } from 'vitest'
import { describeError as describeOnCli } from '../../../src/main/shell/error-texts.ts'
import { createI18n, describeError } from '../../../src/renderer/i18n/index.ts'
import { inventError } from './invented.ts'

const { t } = await createI18n('en')
const korean = await createI18n('ko')

describe('the text of an error', () => {
  it('says what happened and what to do', () => {
    const text = describeError(inventError('ssh.unreachable', { address: 'a', port: 22, reason: 'refused' }), t)
    expect(text.title).toBe('a cannot be reached on port 22')
    expect(text.advice).toContain('firewall')
  })

  it('says statuses and actions in words', () => {
    const text = describeError(inventError('vm.wrong-status', { name: 'web', status: 'down', action: 'pause' }), t)
    expect(text.title).toBe('“Pause” is not possible while web is “Down”')
  })

  it('says drivers in words', () => {
    const error = inventError('host.driver-absent', { driver: 'nwfilter', daemon: 'virtnwfilterd' })
    expect(describeError(error, t).title).toBe('Nothing answers for network filters on the host')
  })

  it('says of a datacenter that holds only storage domains what to do with those', () => {
    const references = [{ kind: 'storage-domain', id: 'a', name: 'nfs1' }] as const
    const error = inventError('datacenter.not-empty', { name: 'Seoul', count: 1, references })
    expect(describeError(error, t).title).toBe('Seoul still holds clusters or storage domains: nfs1')
    expect(describeError(error, t).advice).toContain('detach its storage domains')
    expect(describeError(error, korean.t).advice).toContain('스토리지 도메인을 분리')
  })

  it('says modes and parts of networks in words', () => {
    const error = inventError('libvirt-network.not-with-mode', { mode: 'isolated', what: 'forwardDevice' })
    expect(describeError(error, t).title).toBe('A network of the mode Isolated cannot have this: device to leave by')
    expect(describeError(error, korean.t).title).toContain('격리 모드')
  })

  it('says times in seconds', () => {
    const text = describeError(inventError('libvirt.call-timed-out', { procedure: 'x', timeoutMs: 2_500 }), t)
    expect(text.title).toContain('2.5 s')
  })

  it('joins what does not fit in an input', () => {
    const params = { command: 'vm.start', issues: [{ path: 'vmId', message: 'not a guid' }] }
    expect(describeError(inventError('command.input-invalid', params), t)).toEqual({
      title: 'The input of Start does not fit',
      advice: 'Correct these and try again: vmId: not a guid',
    })
  })

  it.each([
    ['forwarding-forbidden', 'AllowStreamLocalForwarding yes'],
    ['permission-denied', 'group libvirt'],
    ['unknown', 'Look at'],
  ])('of a refused forward follows the hint %s', (hint, words) => {
    const error = inventError('ssh.forward-refused', { target: '/run/x', hint, group: 'libvirt' })
    expect(describeError(error, t).advice).toContain(words)
  })

  it('with a code of a newer engine names the code', () => {
    const text = describeError(inventError('newer.error' as never), t)
    expect(text.title).toContain('newer.error')
  })

  it('says what each host lacks', () => {
    const short = { hostName: 'node1', neededMiB: 2_048, freeMiB: 512 }
    const refusals = [
      { name: 'node1', error: { code: 'vm.host-memory-short', params: short } },
      { name: 'node2', error: { code: 'vm.host-network-missing', params: { hostName: 'node2', network: 'lan' } } },
    ] as const
    const error = inventError('vm.no-host', { name: 'web', clusterName: 'Default', refusals })
    const advice = 'node1 has 512 MiB of memory left, and 2048 MiB are needed. node2 does not have the network lan.'
    expect(describeError(error, t)).toEqual({ title: 'No host of Default can run web', advice })
    expect(describeOnCli(error).advice).toBe(advice)
  })

  it('in Korean puts the particle that fits the name', () => {
    const error = inventError('ssh.jump-failed', { jumpHost: 'node2' })
    expect(describeError(error, korean.t).title).toContain('node2를')
  })
})
