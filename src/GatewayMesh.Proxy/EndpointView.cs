using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy;

/// <summary>An instance as shown by the admin.</summary>
/// <param name="Service">Service, or <c>gateway:GROUP</c>.</param>
/// <param name="Id">ID of the instance.</param>
/// <param name="Node">Node of the instance.</param>
/// <param name="Address">Address that is dialed.</param>
/// <param name="Healthy">Health from the registry.</param>
/// <param name="InFlight">This process's requests in flight to the instance.</param>
/// <param name="ConsecutiveFailures">Consecutive failures since the last success.</param>
/// <param name="IsEjected">True while the instance receives only trial requests.</param>
/// <param name="EjectedFor">Remaining time of the ejection.</param>
public sealed record EndpointView(
    string Service,
    string Id,
    string Node,
    HostPort Address,
    bool Healthy,
    int InFlight,
    int ConsecutiveFailures,
    bool IsEjected,
    TimeSpan EjectedFor)
{
    /// <summary>Weight relative to other instances. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Zone of the instance, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>Peak EWMA of the time to the response head.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Slow-start factor on the weight, 0 to 1. Default: 1.</summary>
    public double SlowStart { get; init; } = 1;

    /// <summary>Consecutive ejections.</summary>
    public int Ejections { get; init; }

    /// <summary>Cause of the ejection.</summary>
    public EjectionCause Cause { get; init; }

    internal static EndpointView Of(EndpointModel unused) => new(
        unused.Service, unused.Id, unused.Node, unused.Address, unused.Healthy, 0, 0, IsEjected: false, TimeSpan.Zero)
    {
        Weight = unused.Weight,
        Zone = unused.Zone,
    };

    internal static EndpointView Of(EndpointState state) => new(
        state.Key.Service, state.Key.Id, state.Model.Node, state.Model.Address, state.Model.Healthy,
        state.InFlight, state.ConsecutiveFailures, state.IsEjected, state.EjectedFor)
    {
        Weight = state.Model.Weight,
        Zone = state.Model.Zone,
        Latency = state.Latency,
        SlowStart = state.SlowStart,
        Ejections = state.Ejections,
        Cause = state.EjectionCause,
    };
}
