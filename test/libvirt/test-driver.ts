/** A definition of one domain for libvirt's test driver, with devices enough to be of a usual size (about 3 KB). */
export function testDomainXml(index: number): string {
  const hex = index.toString(16).padStart(6, '0')
  const mac = `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`
  const disks = ['vda', 'vdb'].map(
    (target) => `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
      <source file='/var/lib/libvirt/images/vm-${index}-${target}.qcow2'/><target dev='${target}' bus='virtio'/></disk>`,
  )
  return `<domain type='test'>
    <name>vm-${index}</name>
    <uuid>00000000-0000-4000-8000-000000${hex}</uuid>
    <description>Generated machine ${index}</description>
    <memory unit='KiB'>2097152</memory>
    <vcpu>2</vcpu>
    <os><type arch='x86_64'>hvm</type><boot dev='hd'/></os>
    <features><acpi/><apic/></features>
    <clock offset='utc'/>
    <devices>
      ${disks.join('')}
      <controller type='pci' index='0' model='pci-root'/>
      <controller type='usb' index='0' model='qemu-xhci'/>
      <interface type='network'><mac address='${mac}'/><source network='default'/><model type='virtio'/></interface>
      <serial type='pty'><target port='0'/></serial>
      <console type='pty'><target type='serial' port='0'/></console>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <input type='tablet' bus='usb'/>
      <graphics type='vnc' port='-1' autoport='yes'/>
      <video><model type='virtio'/></video>
      <memballoon model='virtio'/>
      <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    </devices>
  </domain>`
}

/** A `test:///path` file with `count` domains. */
export function testNodeXml(count: number): string {
  return `<node>${Array.from({ length: count }, (_, index) => testDomainXml(index + 1)).join('\n')}</node>`
}
