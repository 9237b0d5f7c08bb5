namespace GatewayMesh.Proxy.Listeners;

/// <summary>What a guard's hello said of the connection that it carries.</summary>
/// <param name="Service">The application in whose name the connection speaks.</param>
/// <param name="Upstream">The one service that it leads to, or null: by host.</param>
/// <param name="Node">The guard's node.</param>
/// <param name="EndAfter">Timestamp (of the injected clock) after which the next response ends the connection.</param>
internal sealed record Carried(string Service, string? Upstream, string Node, long EndAfter);
