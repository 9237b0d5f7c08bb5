using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>A port of an ingress.</summary>
public sealed record ConfiguredIngress
{
    /// <summary>Name of the ingress.</summary>
    public string Ingress { get; set; } = "";

    /// <summary>Port of the listener.</summary>
    public int Port { get; set; }

    /// <summary>Services by public host name.</summary>
    public ImmutableSortedDictionary<string, string> Hosts { get; set; } = ImmutableSortedDictionary<string, string>.Empty;
}
