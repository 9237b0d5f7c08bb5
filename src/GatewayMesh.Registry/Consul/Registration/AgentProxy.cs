using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>What a sidecar's registration says of the instance it fronts.</summary>
/// <param name="Service">The instance's service.</param>
/// <param name="ServiceId">The instance's id.</param>
/// <param name="Application">Where the application listens.</param>
/// <param name="Protocol">What it speaks: <c>Proxy.Config.protocol</c>.</param>
/// <param name="Upstreams">Its own local ports for upstreams.</param>
internal sealed record AgentProxy(string Service, string ServiceId, HostPort Application, string Protocol, ImmutableArray<UpstreamSpec> Upstreams);
