namespace GatewayMesh.Architecture.Tests.Reference;

/// <summary>Meanings of the bootstrap keys, in the order of the page. A test compares the keys with those that the binders read.</summary>
internal static class KeyMeanings
{
    public static IReadOnlyList<(string Section, string Intro)> Sections { get; } =
    [
        ("", "Keys at the top of the file, for every role."),
        ("sidecar", "Keys of a sidecar."),
        ("gateway", "Keys of a gateway. `gateway.service` is read by every role."),
        ("ingress", "Keys of an ingress. `ingress.service` is read by every role. [The edge](edge.md) has examples."),
        ("limits", "Limits on clients, for every role. [Configuration](configuration.md#limits) explains how they work together."),
        ("logs", "Limits on log lines, for every role."),
    ];

    public static IReadOnlyDictionary<string, KeyMeaning> All { get; } = new Dictionary<string, KeyMeaning>(StringComparer.Ordinal)
    {
        ["role"] = new("Role of this process.", "required, here or as `--role`"),
        ["node"] = new("Name of this node, unique in the mesh.", "the full host name"),
        ["cluster"] = new("Name of the cluster.", "the Consul datacenter, else `default`"),
        ["zone"] = "Zone of this node. Instances and gateways of the same zone are preferred.",
        ["dataDir"] = "Folder of the last-good snapshot, certificates, and guard state. Mode 0700. Every node needs its own and locks it.",
        ["runDir"] = "Folder of files that applications on this host may read, such as `SERVICE/gateways.json`.",
        ["registry"] = new(
            "Source of the mesh configuration. A relative path is relative to this file.",
            "`consul://127.0.0.1:8500` if an agent answers there",
            "`consul://HOST:PORT,…`, `consul+https://HOST:PORT`, `kubernetes://`, `kubernetes://KUBECONFIG[#CONTEXT]`, or `file:DIR`"),
        ["registryToken"] = "Consul ACL token. An empty token is no token.",
        ["registryTokenFile"] = "File with the Consul token. The file is read again when it changes.",
        ["registryTls.ca"] = new("PEM file with the roots of the Consul agent, for `consul+https`.", "the system's roots"),
        ["registryTls.cert"] = "PEM file with the client certificate for Consul. Needs `key`.",
        ["registryTls.key"] = "PEM file with the key of `cert`.",
        ["registryRequired"] =
            "Exit with code 4 when the registry is unreachable and no last-good snapshot exists. Same as `--require-registry`.",
        ["admin"] = "Address of the admin server. Off loopback it requires a token.",
        ["adminToken"] = new("Bearer token of the admin server.", Form: "a token of 16 characters or more"),
        ["adminTokenFile"] = "File (mode 0600) with the bearer token. The file is read again when it changes.",
        ["identity"] = "Identity of nodes: certificates, or none. The same in the whole mesh.",
        ["certificates"] = "Folder with `roots.pem` and one `SERVICE.pem` (certificate and key) for each service of this node.",
        ["guarded"] = "Sidecar: a guard process owns the listeners. `--no-guard` runs the worker alone.",
        ["reach"] = new("Loopback and link-local ranges that registry data may lead to.", Form: "a network such as 127.0.0.0/8; a list"),
        ["stores.rateLimits"] = new(
            "Redis or Valkey server of [rate limits](../POLICY.md#ratelimits) with `scope: mesh`. Without one they are divided over the nodes.",
            "none",
            "`redis://[[USER]:PASSWORD@]HOST:PORT[/DB]`, or `rediss://` for TLS"),
        ["stores.idempotency"] = new(
            "Store of [idempotency keys](idempotency.md): this node's disk, or a Redis or Valkey server that the instances of a service share.",
            "`sqlite`: on this node's disk",
            "`sqlite`, `redis://[[USER]:PASSWORD@]HOST:PORT[/DB]`, or `rediss://` for TLS"),
        ["stores.tls.ca"] = new("PEM file with the roots of the stores, for `rediss`.", "the system's roots"),
        ["stores.tls.cert"] = "PEM file with the client certificate for the stores. Needs `key`.",
        ["stores.tls.key"] = "PEM file with the key of `cert`.",
        ["allowFaults"] = new("Inject the [faults](../POLICY.md#faults) of policies. Otherwise they are ignored, and `check` says so."),
        ["gatewayShare"] =
            "Sidecar: share of outbound requests that always takes the path through a gateway, so that the path is known to work.",
        ["transport"] = "Socket implementation. Both values mean the same today.",
        ["drainDelay"] = "Time to keep serving inbound requests after the node left the registry.",
        ["drainTimeout"] = "Time for requests in flight when the process drains.",
        ["upgradeDrainTimeout"] = "Time for streams of the old worker after an upgrade.",

        ["sidecar.address"] = "Address of this host that other nodes dial.",
        ["sidecar.services[]"] = new("Services on this host. At least one.", "required"),
        ["sidecar.services[].name"] = "Name of the service.",
        ["sidecar.services[].id"] = "Id of this instance, unique in the mesh.",
        ["sidecar.services[].address"] = "Address of the application.",
        ["sidecar.services[].port"] = "Port of the application.",
        ["sidecar.services[].protocol"] = "Protocol of the application.",
        ["sidecar.services[].outbound"] = "Listener where the application calls the mesh. The call has the identity of this service.",
        ["sidecar.services[].inbound"] = "Listener where other nodes call the application.",
        ["sidecar.services[].health.http"] = new("Path of a readiness check over HTTP. Exclusive with `tcp`.", "none"),
        ["sidecar.services[].health.tcp"] = "Readiness check by a TCP connection. Exclusive with `http`.",
        ["sidecar.services[].health.interval"] = "Time between checks.",
        ["sidecar.services[].health.timeout"] = "Time for one check.",
        ["sidecar.services[].weight"] = "Share of requests relative to other instances.",
        ["sidecar.services[].tags"] = "Tags of the instance in the registry.",
        ["sidecar.services[].meta"] = "Key-value pairs of the instance in the registry. `zone` overrides the node's zone.",
        ["sidecar.services[].registeredProxy"] = "Id of a sidecar registration that was made elsewhere. `--sidecar-for` sets this key.",
        ["sidecar.services[].gatewayGroup"] = "Group of gateways that takes over for this service.",
        ["sidecar.services[].clientIdentity"] = "Write certificate and key to `RUNDIR/SERVICE/identity.pem` for the client library.",
        ["sidecar.services[].clientGroup"] = new(
            "Unix group that may read these files. Needs `clientIdentity`.", "the group of the process"),
        ["sidecar.services[].upstreams[]"] = "Local ports, one for each upstream. They are watched before the first call.",
        ["sidecar.services[].upstreams[].service"] = "Name of the upstream.",
        ["sidecar.services[].upstreams[].address"] = "Address of the local port.",
        ["sidecar.services[].upstreams[].port"] = "Local port.",
        ["sidecar.guard.probeInterval"] = "Time between private probes of the worker.",
        ["sidecar.guard.probeTimeout"] = "Time for one private probe.",
        ["sidecar.guard.probeFailures"] = "Failed probes in a row that make a worker suspect.",
        ["sidecar.guard.restartBackoff"] = "Wait before a dead worker is restarted. Doubled at each crash.",
        ["sidecar.guard.restartBackoffMax"] = "Longest such wait.",
        ["sidecar.guard.failbackAfter"] = "Time a restarted worker must be ready before it gets the lease.",

        ["gateway.address"] = "Address of this host that other nodes dial.",
        ["gateway.listen"] = "Listener for sidecars, ingresses, guards, and client libraries.",
        ["gateway.guardListen"] = "Listener for guard tunnels. Used with `identity: plaintext` only.",
        ["gateway.service"] = "Name of gateways in the registry and in certificates.",
        ["gateway.group"] = "Group of services that this gateway serves.",
        ["gateway.maxConcurrentRequests"] = "Concurrent requests. Beyond: 503 with `Retry-After`.",
        ["gateway.adaptiveConcurrency"] = new(
            "Section with the keys of `adaptiveConcurrency` in a [policy](../POLICY.md#adaptiveconcurrency).", "off"),
        ["gateway.maxCarriedAge"] = "Age at which a carried connection ends at a request boundary, ± 50 %.",

        ["ingress.address"] = "Address of this host in its node record.",
        ["ingress.service"] = "Name of ingresses in the registry and in certificates, and of the `ingress-gateway` entry.",
        ["ingress.trustedProxies"] = "Networks whose `X-Forwarded-*` fields and PROXY headers are trusted.",
        ["ingress.listeners[]"] = new("Public listeners. At least one.", "required"),
        ["ingress.listeners[].port"] = "Port. The `ingress-gateway` entry refers to a listener by its port.",
        ["ingress.listeners[].address"] = "Address to listen on.",
        ["ingress.listeners[].redirect"] = "Answer every request with 308 to this port, or to the first listener with TLS.",
        ["ingress.listeners[].proxyProtocol"] = "Connections of trusted proxies begin with a PROXY header, version 1 or 2.",
        ["ingress.listeners[].paths"] = "Treatment of paths with more than one spelling.",
        [
            "ingress.listeners[].tls.certificates[]"] =
                "Certificates. The name that a client asks for selects one; the first is the fallback.",
        ["ingress.listeners[].tls.certificates[].cert"] = "PEM file with the certificate chain.",
        ["ingress.listeners[].tls.certificates[].key"] = "PEM file with the key.",
        ["ingress.listeners[].tls.clientCertificates"] = "Client certificates. Other values than `none` need `clientCa`.",
        ["ingress.listeners[].tls.clientCa"] = "PEM file with the authorities of client certificates.",
        ["ingress.listeners[].tls.minVersion"] = "Lowest TLS version.",

        ["limits.maxConnections"] = "Open connections.",
        ["limits.maxConnectionsPerAddress"] = new(
            "Ingress: open connections from one address (IPv6: one /64).", "a tenth of `maxConnections` at an ingress, else none"),
        ["limits.maxRequestLineSize"] = "Bytes of a request line. Beyond: 414.",
        ["limits.maxRequestHeaderCount"] = "Header field lines. Beyond: 431.",
        ["limits.maxRequestHeadersTotalSize"] = "Bytes of all header fields: names, values, and four for each line. Beyond: 431.",
        ["limits.maxRequestBodySize"] = "Bytes of a request body. Beyond: 413.",
        ["limits.minRequestBodyDataRate"] = "Bytes per second of a request body, on average. Below: 408.",
        ["limits.requestBodyGrace"] = "Waiting time before `minRequestBodyDataRate` counts.",
        ["limits.requestHeadersTimeout"] = "Time for a request head, and for a TLS handshake.",
        ["limits.keepAliveTimeout"] = "Time after which an idle connection is closed.",
        ["limits.maxStreamsPerConnection"] = "HTTP/2 streams on one connection.",
        ["limits.http2FrameBudget"] = "HTTP/2 frames without use in a row. Beyond: GOAWAY with ENHANCE_YOUR_CALM.",

        ["logs.maxEventsPerSecond"] = "Events of one level per second. One line counts the rest.",
        ["logs.accessLog.maxLinesPerSecond"] = "Access log lines per second. One line counts the rest.",
    };
}
