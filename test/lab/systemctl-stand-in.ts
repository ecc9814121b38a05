import type { LabHost } from './host.ts'

/**
 * Hosts of the lab have no systemd: a stand-in for systemctl starts the two daemons as their units would. Everything else is
 * real: apt, dpkg, the packages with their scripts, libvirtd, QEMU.
 */
const systemctl = `#!/bin/sh
case "$1" in
cat) test -e "/usr/lib/systemd/system/$2" ;;
enable) case "$3" in
  virtlogd.*) test -e /run/virtlogd.pid || virtlogd -d ;;
  libvirtd.*) test -e /run/libvirtd.pid || libvirtd -d ;;
  esac ;;
esac
`

/** Makes a bare host one on which libvirt can be installed. */
export async function provideSystemctl(host: LabHost): Promise<void> {
  await host.exec('cat > /usr/local/bin/systemctl; chmod 755 /usr/local/bin/systemctl', { input: systemctl })
}

const stop = `pid=$(cat /run/libvirtd.pid)
kill "$pid"
tenths=0
while [ -e "/proc/$pid" ]; do
  sleep 0.1
  tenths=$((tenths + 1))
  [ "$tenths" != 450 ] || kill -9 "$pid"
done
rm -f /run/libvirtd.pid
`

/**
 * Ends libvirtd and waits until it is gone: a start that finds one on its way out takes it for the one that is wanted. A worker of
 * libvirtd that does not come back holds its end up for 30 s, then it gives up by itself; what does not is killed, as systemd does.
 */
export async function endLibvirtd(host: LabHost): Promise<void> {
  await host.exec(stop, { timeoutMs: 120_000 })
}
