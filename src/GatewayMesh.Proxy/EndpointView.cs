using GatewayMesh.Configuration.Values;

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
public sealed record EndpointView(string Service, string Id, string Node, HostPort Address, bool Healthy, int InFlight, int ConsecutiveFailures, bool IsEjected, TimeSpan EjectedFor);
