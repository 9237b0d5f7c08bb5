using GatewayMesh.Client.Connections;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Routes;

/// <summary>One target, the sidecar or a gateway, with its connections.</summary>
internal sealed class Target : IDisposable
{
    private static readonly HttpRequestOptionsKey<bool> Patient = new("gatewaymesh-patient");
    private readonly IDialer _dialer;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeProvider _time;
    private HttpMessageInvoker _connections;
    private long _avoidUntil = long.MinValue;

    public Target(Tier tier, TargetAddress address, IDialer dialer, ClientSettings settings, TimeProvider time)
    {
        Tier = tier;
        Address = address;
        Origin = new Uri($"http://{address}/");
        _dialer = dialer;
        _idleTimeout = settings.IdleTimeout;
        _time = time;
        _connections = Connections();
        Probe = new LiveProbe(dialer, settings.ProbeTimeout, time);
        TargetLiveness = new TargetLiveness(Probe, settings.ProbeFailures, settings.AnswerWait, time);
    }

    public Tier Tier { get; }

    public TargetAddress Address { get; }

    /// <summary>The address as the origin under which connections are pooled, for any called service.</summary>
    public Uri Origin { get; }

    public LiveProbe Probe { get; }

    public TargetLiveness TargetLiveness { get; }

    /// <summary>True while the target is avoided after a failure.</summary>
    public bool IsAvoided => _time.GetTimestamp() < Volatile.Read(ref _avoidUntil);

    /// <summary>Sends a request on one of the target's connections.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool patient, CancellationToken cancellation)
    {
        request.Options.Set(Patient, patient);
        return Volatile.Read(ref _connections).SendAsync(request, cancellation);
    }

    /// <summary>Tries other targets first for a time.</summary>
    public void Avoid(TimeSpan span) =>
        Volatile.Write(ref _avoidUntil, _time.GetTimestamp() + (long)(span.TotalSeconds * _time.TimestampFrequency));

    /// <summary>Ends the avoidance: the target serves again.</summary>
    public void Trust() => Volatile.Write(ref _avoidUntil, long.MinValue);

    /// <summary>Abandons all pooled connections. Requests on them finish; new requests open new connections.</summary>
    public void LeaveConnections() => Interlocked.Exchange(ref _connections, Connections()).Dispose();

    public void Dispose() => Volatile.Read(ref _connections).Dispose();

    private HttpMessageInvoker Connections() => new(new SocketsHttpHandler
    {
        // Proxies, redirects and cookies are disabled below the layer that counts attempts and knows the mesh.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = _idleTimeout,
        EnableMultipleHttp2Connections = true,
        ConnectCallback = async (context, cancellation) =>
        {
            context.InitialRequestMessage.Options.TryGetValue(Patient, out var patient);
            var connection = await _dialer.DialAsync(patient, cancellation).ConfigureAwait(false);
            return IsHttp2(context.InitialRequestMessage) ? connection : new WitnessStream(connection);
        },
    });

    // HTTP/2 with prior knowledge: see HttpVersionPolicy for a cleartext address.
    private static bool IsHttp2(HttpRequestMessage request) =>
        request.Version.Major >= 2 && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrLower;
}
