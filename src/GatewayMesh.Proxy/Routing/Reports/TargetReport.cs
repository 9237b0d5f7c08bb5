using System.Collections.Immutable;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>A target at the end of a way.</summary>
/// <param name="Id">Its id, <c>[SUBSET.]SERVICE.default.DATACENTER</c>; the service's name when no way but the straight one leads there.</param>
/// <param name="Service">Its service: who must be there by certificate, and whose policy and intentions hold.</param>
/// <param name="Protocol">Protocol of its applications.</param>
/// <param name="State">How it stands.</param>
/// <param name="Instances">Its instances.</param>
public sealed record TargetReport(string Id, string Service, string Protocol, TargetState State, ImmutableArray<EndpointKey> Instances);
