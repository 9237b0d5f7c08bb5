using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy;

/// <summary>An instance as the admin shows it.</summary>
/// <param name="Service">Service, or <c>gateway:GROUP</c>.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Where it is dialled.</param>
/// <param name="Healthy">What the registry says.</param>
/// <param name="InFlight">Requests of this process at it.</param>
/// <param name="ConsecutiveFailures">Failures in a row since the last success.</param>
/// <param name="IsEjected">Whether it gets no traffic but trials.</param>
/// <param name="EjectedFor">How long still.</param>
public sealed record EndpointView(string Service, string Id, string Node, HostPort Address, bool Healthy, int InFlight, int ConsecutiveFailures, bool IsEjected, TimeSpan EjectedFor)
{
    /// <summary>Its share of the requests against that of others.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its zone, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>Peak EWMA of the time to the head of an answer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Share of its share that it gets for being new, 0 to 1.</summary>
    public double SlowStart { get; init; } = 1;

    /// <summary>Ejections in a row.</summary>
    public int Ejections { get; init; }

    /// <summary>Why it is ejected.</summary>
    public EjectionCause Cause { get; init; }

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
