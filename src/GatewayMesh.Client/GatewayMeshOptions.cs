namespace GatewayMesh.Client;

/// <summary>
/// How a client reaches the mesh. What is not set here is taken from the environment: <c>GATEWAYMESH_OUTBOUND</c>, <c>GATEWAYMESH_SERVICE</c>,
/// <c>GATEWAYMESH_GATEWAYS</c> (separated by commas), <c>GATEWAYMESH_RUN_DIR</c>, <c>GATEWAYMESH_IDENTITY</c> and <c>GATEWAYMESH_ROOTS</c>. Read once, when the handler is made; every error is said at once.
/// </summary>
public sealed class GatewayMeshOptions
{
    /// <summary>The largest value of <see cref="MaxAttempts"/>.</summary>
    public const int MostAttempts = 10;

    /// <summary>
    /// The outbound address of the own service at the local sidecar, <c>HOST:PORT</c> or <c>http://HOST:PORT</c>.
    /// Default: <c>GATEWAYMESH_OUTBOUND</c>; without it only the gateways are used.
    /// </summary>
    public string? Outbound { get; set; }

    /// <summary>The own service, in whose identity the gateways carry requests. Default: <c>GATEWAYMESH_SERVICE</c>; needed for gateways.</summary>
    public string? Service { get; set; }

    /// <summary>
    /// The tunnel addresses of the gateways, <c>HOST:PORT</c>, best first. Default: <c>GATEWAYMESH_GATEWAYS</c>, and without it the file
    /// <c>RUNDIR/SERVICE/gateways.json</c>, which the sidecar keeps and which is read again when it changes.
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>The sidecar's <c>runDir</c>, where <c>SERVICE/gateways.json</c> stands. Default: <c>GATEWAYMESH_RUN_DIR</c>, else <c>/run/gatewaymesh</c>.</summary>
    public string? RunDirectory { get; set; }

    /// <summary>
    /// The own service's certificate and key in one PEM file, for gateways that are spoken to by TLS; read again when it changes. The sidecar writes it where the
    /// service says <c>clientIdentity: true</c>. Default: <c>GATEWAYMESH_IDENTITY</c>, else <c>RUNDIR/SERVICE/identity.pem</c>. Where it is set, <see cref="Gateways"/> are spoken to by TLS too.
    /// </summary>
    public string? IdentityFile { get; set; }

    /// <summary>The roots that a gateway's certificate may come from, in PEM; read again when it changes. Default: <c>GATEWAYMESH_ROOTS</c>, else <c>RUNDIR/SERVICE/roots.pem</c>.</summary>
    public string? RootsFile { get; set; }

    /// <summary>The service that the certificate of a gateway of <see cref="Gateways"/> must name; in <c>gateways.json</c> it stands beside each. Default: <c>gatewaymesh-gateway</c>.</summary>
    public string GatewayService { get; set; } = "gatewaymesh-gateway";

    /// <summary>The name under which gateways see this host. Default: the machine's name.</summary>
    public string? Node { get; set; }

    /// <summary>Time for a connection to the sidecar. Default: 100 ms. From 1 ms to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Time for a connection to a gateway with its hello and its answer. When none carries the request, those that did not answer in it are given ten times as much in a second round.
    /// By TLS three times as long: a handshake, and what the first of a process costs. Default: 100 ms. From 1 ms to 1 min.
    /// </summary>
    public TimeSpan TunnelTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time without response headers after which the other side is asked, on another connection, whether it lives. Default: 250 ms. From 1 ms to 1 min.</summary>
    public TimeSpan AnswerWait { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time in which that question must be answered. Default: 250 ms. From 1 ms to 1 min.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Questions in a row that must stay without an answer before the other side counts as hung. Default: 2 questions. From 1 to 10.</summary>
    public int ProbeFailures { get; set; } = 2;

    /// <summary>Attempts of one request, this library's and those of every layer below together. Default: 3 attempts. From 1 to <see cref="MostAttempts"/>.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// The largest request body that is kept for another attempt, in bytes. A larger one is sent as it comes and never again once it was begun.
    /// Default: 65,536 bytes. From 0 to 16 MiB.
    /// </summary>
    public int ReplayBufferSize { get; set; } = 64 * 1024;

    /// <summary>
    /// Whether a request that is not idempotent may be sent again when it has an <c>Idempotency-Key</c>: only where the called services keep that promise.
    /// Default: false.
    /// </summary>
    public bool ReplayWithIdempotencyKey { get; set; }

    /// <summary>Failures of the sidecar in a row after which requests go straight to the gateways. Default: 3 failures. From 1 to 1,000.</summary>
    public int BreakerFailures { get; set; } = 3;

    /// <summary>Time between two questions to a sidecar that is not used; doubled, up to eight times as long, while it does not answer; ± 25 %. Default: 250 ms. From 1 ms to 1 min.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time for which a sidecar must have answered each question before it is used again, ± 50 %, so that not all hosts return at once. Default: 2 s. From 0 to 10 min.</summary>
    public TimeSpan FailbackAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for which a connection without a request is kept. Default: 1 min. From 1 s to 1 h.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
