using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>Place of this node, for hints and address families.</summary>
/// <param name="Zone">Zone; null: unknown.</param>
/// <param name="Node">Name of the cluster's node; null: unknown.</param>
/// <param name="Family">Address family of this pod.</param>
internal sealed record NodePlace(string? Zone, string? Node, AddressFamily Family)
{
    /// <summary>Variable with the name of the cluster's node, set by the downward API from <c>spec.nodeName</c>.</summary>
    public const string NodeVariable = "KUBERNETES_NODE_NAME";

    /// <summary>A place of which nothing is known.</summary>
    public static NodePlace Unknown { get; } = new(null, null, AddressFamily.InterNetwork);

    /// <summary>The place of a node.</summary>
    public static NodePlace Of(BootstrapSpec bootstrap, Func<string, string?> variable)
    {
        var own = bootstrap.Sidecar?.Address ?? bootstrap.Gateway?.Address ?? bootstrap.Ingress?.Address;
        return new NodePlace(
            bootstrap.Zone,
            variable(NodeVariable) is { Length: > 0 } node ? node : null,
            IPAddress.TryParse(own, out var address) ? address.AddressFamily : AddressFamily.InterNetwork);
    }
}
