using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>The proxy section of a sidecar's registration.</summary>
/// <param name="Service">The service of the fronted instance.</param>
/// <param name="ServiceId">The id of the fronted instance.</param>
/// <param name="Application">The application's address.</param>
/// <param name="Protocol">The application's protocol: <c>Proxy.Config.protocol</c>.</param>
/// <param name="Upstreams">The application's local ports for upstreams.</param>
internal sealed record AgentProxy(
    string Service, string ServiceId, HostPort Application, string Protocol, ImmutableArray<UpstreamSpec> Upstreams);
