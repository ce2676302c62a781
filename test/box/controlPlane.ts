/** Certificates of a cluster for tests of the stack file. Nobody has their keys. */

/** A CA that holds for a hundred years. */
export const clusterCa = `-----BEGIN CERTIFICATE-----
MIIBSzCB86ADAgECAgEDMAoGCCqGSM49BAMCMBUxEzARBgNVBAMMCmt1YmVybmV0
ZXMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBUxEzARBgNVBAMM
Cmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR78jSRvs/iCkEA
CcDeBd90YuBmCXYger3ddDgCYWOoV0bpyLExaazozAwGJYbPfNP2WI28u+ZY6rut
tRQudIEFozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQYAvqaaqvBTeSw
tzP3uOeLN2nktDAKBggqhkjOPQQDAgNHADBEAiAQShh8S/ZmZIOxS+h+7r+gClhH
KSTiE264gUAqxNx9cwIgSM6NhjPd+bD5VQiv/WMmtLqNb7DREqnvMBkklg9Rqvk=
-----END CERTIFICATE-----
`;

/** A CA that ended in 2025. */
export const expiredCa = `-----BEGIN CERTIFICATE-----
MIIBVDCB+6ADAgECAgEBMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMMD2t1YmVybmV0
ZXMtMjAxNTAeFw0xNTAxMDEwMDAwMDBaFw0yNTAxMDEwMDAwMDBaMBoxGDAWBgNV
BAMMD2t1YmVybmV0ZXMtMjAxNTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHvy
NJG+z+IKQQAJwN4F33Ri4GYJdiB6vd10OAJhY6hXRunIsTFprOjMDAYlhs980/ZY
jby75ljqu621FC50gQWjMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFBgC
+ppqq8FN5LC3M/e454s3aeS0MAoGCCqGSM49BAMCA0gAMEUCIEqgaHcJdesOYTrM
aJywynEgULruWE/4Ty7y3QyP26J4AiEAoJpwFr8c6iI+FvdimcoKVdbwL3adB44m
y2ce+w1vxgU=
-----END CERTIFICATE-----
`;

/** A CA that begins in 2090. */
export const laterCa = `-----BEGIN CERTIFICATE-----
MIIBWDCB/6ADAgECAgECMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMMD2t1YmVybmV0
ZXMtMjA5MDAiGA8yMDkwMDEwMTAwMDAwMFoYDzIxMDAwMTAxMDAwMDAwWjAaMRgw
FgYDVQQDDA9rdWJlcm5ldGVzLTIwOTAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAR78jSRvs/iCkEACcDeBd90YuBmCXYger3ddDgCYWOoV0bpyLExaazozAwGJYbP
fNP2WI28u+ZY6ruttRQudIEFozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQW
BBQYAvqaaqvBTeSwtzP3uOeLN2nktDAKBggqhkjOPQQDAgNIADBFAiEA+fr4kVbp
YbW/95uTr6sYMfB3XqKUrW24PhbDGO02uFECIHrEU7LucYLyxjs1t3Es4pQ7vRh6
Y9GSAk+7KTOUyEpW
-----END CERTIFICATE-----
`;

/** The certificate of an API server: no CA. */
export const apiCertificate = `-----BEGIN CERTIFICATE-----
MIIBgjCCASigAwIBAgIUQy2in/jWcru/Z5ESvMYI++5lsW4wCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjkxNjEwNTlaGA8yMTI2MTEw
NTE2MTA1OVowGTEXMBUGA1UEAwwOa3ViZS1hcGlzZXJ2ZXIwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAATBYE6RO4ErQcqIGY7efKuj7nlYCYQCDwkgpm2LdUDn1ZCA
WEjNUK/G7cPtUoJ5neOwt5VlrKoJvlnnJcj7dVRZo1AwTjAdBgNVHQ4EFgQUqNdR
VoLGXHSxHRU6Bk4mHTtcdW8wHwYDVR0jBBgwFoAUGAL6mmqrwU3ksLcz97jnizdp
5LQwDAYDVR0TAQH/BAIwADAKBggqhkjOPQQDAgNIADBFAiEArtr+w7Iysn0W3lXG
qSuR3CpiaT9kMFk6pXbmGUFemToCIFaq3qk110iU7ezg5HT53NTUCwqNgq99sGaB
BFnpCdDZ
-----END CERTIFICATE-----
`;

/** What the Protobox needs for the load balancer of the Kubernetes API, as the documents have it; anew at each call. */
export const controlPlaneChanges = () => ({
  "virtualIps.kube": {
    pool: "masters-pool",
    network: "box-network",
    address: "192.168.1.10",
    virtualRouterId: 3,
    priorities: { "master-1": 200, "master-2": 100, "master-3": 50 },
  },
  controlPlane: { virtualIp: "kube", serverNames: ["kube.plane.box"], ca: clusterCa },
});
