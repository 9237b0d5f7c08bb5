using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Content of a guard's hello about the connection that the guard carries.</summary>
/// <param name="Service">Application that the connection belongs to.</param>
/// <param name="Upstream">The only service that the connection leads to; null selects the service by host.</param>
/// <param name="Node">Node of the guard.</param>
/// <param name="EndAfter">Timestamp (of the injected clock) after which the next response ends the connection.</param>
internal sealed record Carried(string Service, string? Upstream, string Node, long EndAfter);
