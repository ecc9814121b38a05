/** Keys made by puttygen 0.78 for these tests; the passphrase of the encrypted ones is `open sesame`. */
export const PUTTY_PASSPHRASE = 'open sesame'

export const PUTTY_KEYS: readonly { readonly name: string; readonly text: string; readonly publicLine: string }[] = [
  {
    name: 'ed25519, version 2, encrypted',
    text: `PuTTY-User-Key-File-2: ssh-ed25519
Encryption: aes256-cbc
Comment: ed25519-2-enc
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAIFP2nxD5VHQpqMmTJOhAvQ8L/wOh/ubmliiKPtwJ
8hMy
Private-Lines: 1
UzIp1rmNJfrKCV4F2W43vLfDkqbhV9+fgusxUi/hYk24wy2njhXorUzRNApeiLoz
Private-MAC: 59adbe193c5231d565290f189388063db231d182
`,
    publicLine: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFP2nxD5VHQpqMmTJOhAvQ8L/wOh/ubmliiKPtwJ8hMy',
  },
  {
    name: 'ed25519, version 3, in the clear',
    text: `PuTTY-User-Key-File-3: ssh-ed25519
Encryption: none
Comment: ed25519-3-none
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAILQ41YOVwW+8e9yj++w5YzWd54y7cuAZfQLcyTpD
WrmB
Private-Lines: 1
AAAAIFCGuBcUFWFRU14oMu+J11ZXFAAPCcMwFT9g7GZ2C5NW
Private-MAC: ebdc750828cb27cf468a8392767507a580f0c67dc897ee294666417c4fe0cf04
`,
    publicLine: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILQ41YOVwW+8e9yj++w5YzWd54y7cuAZfQLcyTpDWrmB',
  },
  {
    name: 'ed25519, version 3, encrypted',
    text: `PuTTY-User-Key-File-3: ssh-ed25519
Encryption: aes256-cbc
Comment: ed25519-3-enc
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAILzMgrgARFIT/RxzUENU3WeNzNWNq5ZWbktIs3mm
LXb/
Key-Derivation: Argon2id
Argon2-Memory: 64
Argon2-Passes: 2
Argon2-Parallelism: 1
Argon2-Salt: d74ba363125488d8a9e50a7ec8458e43
Private-Lines: 1
rxQ9HKalUpt4ba2M50Ei/OoxkFpi0T0nfuQ7DZ1ciqdoLCMaRHSJcz/yQkC0x7a9
Private-MAC: 272b090aa5ece7d5721af75c8b3fb4306d3e858e11853113204b7c8b2fc9c7ba
`,
    publicLine: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILzMgrgARFIT/RxzUENU3WeNzNWNq5ZWbktIs3mmLXb/',
  },
  {
    name: 'ecdsa, version 2, in the clear',
    text: `PuTTY-User-Key-File-2: ecdsa-sha2-nistp384
Encryption: none
Comment: ecdsa-2-none
Public-Lines: 3
AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBITHre4cxpF4
B4wBqtmD0pSEVf05K5tztzXyepjiQAf6D+H8T1/VZ0eLKiZPTCHyVnSnOQ9PI2Qs
ZU7BpgnfZ/8yCTOSN6VQztnRWFbM5kfY29zZf04TzALo+c3zbJgB3A==
Private-Lines: 2
AAAAMQDotwvVPPyqC+32vSzRxipxq7SosY8uU18pLNfjMJGmPmYmrDTDmaSYOWlb
bfkqhWY=
Private-MAC: e8cd5119219f12a9ab154fee7ac9e9e7c7075786
`,
    publicLine:
      'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBITHre4cxpF4B4wBqtmD0pSEVf05K5tztzXyepjiQAf6D+H8T1/VZ0eLKiZPTCHyVnSnOQ9PI2QsZU7BpgnfZ/8yCTOSN6VQztnRWFbM5kfY29zZf04TzALo+c3zbJgB3A==',
  },
  {
    name: 'ecdsa, version 3, encrypted',
    text: `PuTTY-User-Key-File-3: ecdsa-sha2-nistp384
Encryption: aes256-cbc
Comment: ecdsa-3-enc
Public-Lines: 3
AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBD3jEWCq3sJ2
akcK0lkMaxQd6Qr8g85EgRSTq1dVnp+pOyYaQkSsXUL1Br7ECOrCmwdY6ED/Ayrk
UQ3Ps6+Xr7glt9hJYI5UmqSHqupTxoMifMnnUXUPLBU9v025ECXkKw==
Key-Derivation: Argon2id
Argon2-Memory: 64
Argon2-Passes: 2
Argon2-Parallelism: 1
Argon2-Salt: f554202df0e29e8868dc428100f806b3
Private-Lines: 2
PL1ysViAfUMm9z1HwfNg5s14K9Cixp+GnltkiOZQxL/8yxn4IxxEi8nf5asG5N1v
4l+Jj37bclpoPRvOocpYsQ==
Private-MAC: 65e23bd4b4c8d8344fd2e1c17079102d76d7cdfadfe76eb28dd69598fc7ee47a
`,
    publicLine:
      'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBD3jEWCq3sJ2akcK0lkMaxQd6Qr8g85EgRSTq1dVnp+pOyYaQkSsXUL1Br7ECOrCmwdY6ED/AyrkUQ3Ps6+Xr7glt9hJYI5UmqSHqupTxoMifMnnUXUPLBU9v025ECXkKw==',
  },
  {
    name: 'rsa, version 2, encrypted',
    text: `PuTTY-User-Key-File-2: ssh-rsa
Encryption: aes256-cbc
Comment: rsa-2-enc
Public-Lines: 6
AAAAB3NzaC1yc2EAAAADAQABAAABAQCDm9PdVxHIp8GxhhoOGUHQGK6EfO4wo9cv
avxgW4g01OstbL1CMf7KjBllXQPBiThDt8xIFxf1fjQ2aHJoPLSRZAQpukQYmmUO
bA2yCv0sEmTtjRP3hhfbwsRsxHeiYINVKVlYuT29kH0iao7IwDSwHfu2k1f2W6Q2
MT3QRqvW7l/CxkiU0/gqdiz6E2ducDB6WiW3CefcI7652giRJ/nI5SQUwbs8pcvb
Usgqp2c/3rBBiUarqguqBJXtQrRyAAcluQ35ao0Q1hRoSk2yF2IxnNbnAU1VKvMn
Sa25et1U7/8iSFbnC8RFkVTvq72IYLM0/yrymwvi1qoLmo8CmtHf
Private-Lines: 14
IMrAxQQFF9htiT4/+WKl0PnfA3NcVAxc/wq6vyN+BLpuoX2zK/TfKTmIxzRsUVkE
rUtF9tD7KRr/TfUvCNsrBeWXr3Quqxm5rNJaTbz10YoRRtb017T9ggkugpaMQ8vA
o/iH7sSu/iq+VUGnp585lvaRCGVIVPLWEcWTf2cq0wZgU39HieisDP9+1HdD1glM
csi2uV3eA9CcKFIyqrQm/CiJbJE7qmU/e7I4O+4vMME3SRfnjEg/zqamvREGBz/Q
vEoR4kHZsNROdTQ/FT9HSDGdJyPPkmCjncVU9JLSPWu6xD0QyzwUUgbEhkBZ6OQe
OtTT4c6UvJMgJ+EH3CjIgdDSkuYXCxRgF9vQLAdOavquoOhr7Fh5a4gOERSj8jxf
FlEMo+Dvd21rTpKM5QX1hYs6gJRRTkJgIh164UagPXqAzEa6+TJwjpK+u8/+UjlN
Kj2RVcHXneVG0viNnNSf6VrrlPYQr1QfoMQa318xiwGMt/UN1uJVr343OFXBVpn/
oAJJaTWwLfz88nOHxnis5gmAPVk8oG3NI+eX5Xy6TcjPBzUjpRFcNQrBF2A8LnD1
cSfby7g2/ET10fdze32oXzWHPBJ2iv6I5JN302yyZSMrucCXuh/JnNX1kmSFX08J
FM9emwj5ZiQlqPu1BlgiVDF4lC2nlLh/Kq9DSbB3GamENtNjzIbE+wJbU8yWbw9a
uJNGTZ6sGlB/iqZh8Nh2iiT+zU1lcP8NDh7jwysrFIdx5Z30jCGotQjKz1WOmH29
evJLdt/stKb79/W6HNxBR+sjkbvaIiBI7FeO8ga1lQBGl3Udemk6GeaW7LfR3+sx
iTrbJlNuNFDlo0VDcDPadZbXZBYdX0u8c/FiutMms1iXHrZN8Q9MHgJ1BX3DcSCt
Private-MAC: 43061d40e9c4b16258cce7070791cc68fe550166
`,
    publicLine:
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCDm9PdVxHIp8GxhhoOGUHQGK6EfO4wo9cvavxgW4g01OstbL1CMf7KjBllXQPBiThDt8xIFxf1fjQ2aHJoPLSRZAQpukQYmmUObA2yCv0sEmTtjRP3hhfbwsRsxHeiYINVKVlYuT29kH0iao7IwDSwHfu2k1f2W6Q2MT3QRqvW7l/CxkiU0/gqdiz6E2ducDB6WiW3CefcI7652giRJ/nI5SQUwbs8pcvbUsgqp2c/3rBBiUarqguqBJXtQrRyAAcluQ35ao0Q1hRoSk2yF2IxnNbnAU1VKvMnSa25et1U7/8iSFbnC8RFkVTvq72IYLM0/yrymwvi1qoLmo8CmtHf',
  },
]
