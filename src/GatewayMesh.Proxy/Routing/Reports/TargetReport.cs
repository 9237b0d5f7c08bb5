using System.Collections.Immutable;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>A target at the end of a route.</summary>
/// <param name="Id">ID of the target, <c>[SUBSET.]SERVICE.default.DATACENTER</c>; the service's name if only the direct route leads
/// there.</param>
/// <param name="Service">Service of the target: its certificate, policy, and intentions apply.</param>
/// <param name="Protocol">Protocol of the applications.</param>
/// <param name="State">State of the target.</param>
/// <param name="Instances">Instances of the target.</param>
public sealed record TargetReport(string Id, string Service, string Protocol, TargetState State, ImmutableArray<EndpointKey> Instances);
