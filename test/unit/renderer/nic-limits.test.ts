import { expect, it } from 'vitest'
import { changeAverages } from '../../../src/renderer/features/vms/hardware/nic-limits.ts'

const inbound = { averageKiBps: 1_000, peakKiBps: 2_000, burstKiB: 64 }
const now = { inbound, outbound: null }

it.each([
  ['1000', '', undefined],
  [' 1000 ', ' ', undefined],
  ['1500', '', { inbound: { ...inbound, averageKiBps: 1_500 }, outbound: null }],
  ['3000', '', { inbound: { ...inbound, averageKiBps: 3_000, peakKiBps: null }, outbound: null }],
  ['', '', { inbound: null, outbound: null }],
  ['1000', '10', { inbound, outbound: { averageKiBps: 10, peakKiBps: null, burstKiB: null } }],
])('%j in and %j out', (into, out, qos) => {
  expect(changeAverages(now, { inbound: into, outbound: out })).toEqual(qos)
})
