using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A node as recorded in the registry.</summary>
public sealed record PeerStatus : DocumentPart
{
    /// <summary>Name of the node.</summary>
    public string Node { get; set; } = "";

    /// <summary><c>sidecar</c>, <c>gateway</c> or <c>ingress</c>.</summary>
    public string Role { get; set; } = "";

    /// <summary>Version of its program.</summary>
    public string Version { get; set; } = "";

    /// <summary>Configuration revision that the node uses.</summary>
    public string Revision { get; set; } = "";

    /// <summary>True if that is the latest revision of its registry. Default: true.</summary>
    public bool Synced { get; set; } = true;

    /// <summary>Tier in use.</summary>
    public string Tier { get; set; } = "";

    /// <summary>Admin address, or null.</summary>
    public string? Admin { get; set; }

    /// <summary>Requests per second, recently.</summary>
    public double RequestRate { get; set; }

    /// <summary>True if the record was renewed recently. Default: true.</summary>
    public bool Alive { get; set; } = true;

    /// <summary>Age of the record, in seconds; absent when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AgeSeconds { get; set; }

    /// <summary>Process ids.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; set; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Services of the node.</summary>
    public ImmutableArray<PeerServiceStatus> Services { get; set; } = [];
}
