namespace GatewayMesh.Client;

/// <summary>
/// Options of a client of the mesh. Unset options come from the environment: <c>GATEWAYMESH_OUTBOUND</c>, <c>GATEWAYMESH_SERVICE</c>,
/// <c>GATEWAYMESH_GATEWAYS</c> (comma-separated), <c>GATEWAYMESH_RUN_DIR</c>, <c>GATEWAYMESH_IDENTITY</c> and <c>GATEWAYMESH_ROOTS</c>.
/// Read once, when the handler is created. All errors are reported together.
/// </summary>
public sealed class GatewayMeshOptions
{
    /// <summary>The largest value of <see cref="MaxAttempts"/>.</summary>
    public const int MostAttempts = 10;

    /// <summary>
    /// The outbound address of this service at the local sidecar, <c>HOST:PORT</c> or <c>http://HOST:PORT</c>. Default:
    /// <c>GATEWAYMESH_OUTBOUND</c>; without either, only gateways are used.
    /// </summary>
    public string? Outbound { get; set; }

    /// <summary>
    /// The name of this service, as which the gateways forward requests. Default: <c>GATEWAYMESH_SERVICE</c>. Required for gateways.
    /// </summary>
    public string? Service { get; set; }

    /// <summary>
    /// The tunnel addresses of the gateways, <c>HOST:PORT</c>, best first. Default: <c>GATEWAYMESH_GATEWAYS</c>; without either, the file
    /// <c>RUNDIR/SERVICE/gateways.json</c>, which the sidecar maintains and which is reloaded when it changes.
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>
    /// The sidecar's <c>runDir</c> with <c>SERVICE/gateways.json</c>. Default: <c>GATEWAYMESH_RUN_DIR</c>, else <c>/run/gatewaymesh</c>.
    /// </summary>
    public string? RunDirectory { get; set; }

    /// <summary>
    /// A PEM file with this service's certificate and key, for gateways that require TLS. Reloaded when it changes. The sidecar writes the
    /// file for services with <c>clientIdentity: true</c>. Default: <c>GATEWAYMESH_IDENTITY</c>, else <c>RUNDIR/SERVICE/identity.pem</c>.
    /// If set,
    /// <see cref="Gateways"/> use TLS too.
    /// </summary>
    public string? IdentityFile { get; set; }

    /// <summary>
    /// A PEM file with the trusted roots for gateway certificates. Reloaded when it changes. Default: <c>GATEWAYMESH_ROOTS</c>, else
    /// <c>RUNDIR/SERVICE/roots.pem</c>.
    /// </summary>
    public string? RootsFile { get; set; }

    /// <summary>
    /// The service name required in the certificates of <see cref="Gateways"/>. In <c>gateways.json</c> each gateway has its own. Default:
    /// <c>gatewaymesh-gateway</c>.
    /// </summary>
    public string GatewayService { get; set; } = "gatewaymesh-gateway";

    /// <summary>The name of this host as shown at gateways. Default: the machine's name.</summary>
    public string? Node { get; set; }

    /// <summary>Timeout of a connection to the sidecar. Default: 100 ms. From 1 ms to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Timeout of a connection to a gateway, including hello and answer; three times as long with TLS for the handshake. If no gateway
    /// accepts the request, a second round tries the gateways that timed out, with ten times this timeout. Default: 100 ms. From 1 ms to 1
    /// min.
    /// </summary>
    public TimeSpan TunnelTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Time without response headers after which the target is probed on another connection. Default: 250 ms. From 1 ms to 1 min.
    /// </summary>
    public TimeSpan AnswerWait { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Timeout of a probe. Default: 250 ms. From 1 ms to 1 min.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Consecutive probes without an answer after which the target counts as hung. Default: 2 probes. From 1 to 10.</summary>
    public int ProbeFailures { get; set; } = 2;

    /// <summary>
    /// Maximum attempts of one request, including attempts of the layers below. Default: 3 attempts. From 1 to <see cref="MostAttempts"/>.
    /// </summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// The largest request body that is buffered for further attempts, in bytes. A larger body is streamed and never sent again once
    /// started. Default: 65,536 bytes. From 0 to 16 MiB.
    /// </summary>
    public int ReplayBufferSize { get; set; } = 64 * 1024;

    /// <summary>
    /// True if a non-idempotent request with an <c>Idempotency-Key</c> may be sent again, except for gRPC calls. Enable only if the called
    /// services honor the key. Default: false.
    /// </summary>
    public bool ReplayWithIdempotencyKey { get; set; }

    /// <summary>
    /// True to give each request that is not idempotent and has no <c>Idempotency-Key</c> a new one, a random UUID, which it keeps over all
    /// attempts, and to send it again after failures. gRPC calls get none. Enable only if the called services honor the key. Default:
    /// false.
    /// </summary>
    public bool CreateIdempotencyKeys { get; set; }

    /// <summary>
    /// Consecutive failures of the sidecar after which requests go straight to the gateways. Default: 3 failures. From 1 to 1,000.
    /// </summary>
    public int BreakerFailures { get; set; } = 3;

    /// <summary>
    /// Interval between probes of a sidecar that is not in use. Doubled up to eight times as long while it does not answer; ± 25 %.
    /// Default: 250 ms. From 1 ms to 1 min.
    /// </summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Time for which a sidecar must answer every probe before it is used again, ± 50 % so that hosts do not return all at once. Default: 2
    /// s. From 0 to 10 min.
    /// </summary>
    public TimeSpan FailbackAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time after which an idle connection is closed. Default: 1 min. From 1 s to 1 h.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
