using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary><c>/config</c>: the configuration in use, and the errors of the latest one.</summary>
public sealed record ConfigDocument
{
    /// <summary>Schema of this document. A build that writes none has schema 1.</summary>
    public int Schema { get; set; } = 1;

    /// <summary>Revision in use.</summary>
    public string Revision { get; set; } = "";

    /// <summary>True if that is the registry's latest.</summary>
    public bool Synced { get; set; }

    /// <summary>Source of the configuration in use: <c>registry</c>, <c>store</c> (the last-good state on disk) or <c>none</c>.</summary>
    public string Origin { get; set; } = "";

    /// <summary>Errors of the latest refused configuration.</summary>
    public ImmutableArray<string> Errors { get; set; } = [];

    /// <summary>Services, by name.</summary>
    public ImmutableSortedDictionary<string, ConfiguredService> Services { get; set; } =
        ImmutableSortedDictionary<string, ConfiguredService>.Empty;

    /// <summary>Feature flags, by name.</summary>
    public ImmutableSortedDictionary<string, ConfiguredFlag> Flags { get; set; } =
        ImmutableSortedDictionary<string, ConfiguredFlag>.Empty;

    /// <summary>Intentions in use.</summary>
    public ConfiguredIntentions Intentions { get; set; } = new();

    /// <summary>Gateways, one sentence each.</summary>
    public ImmutableArray<string> Gateways { get; set; } = [];

    /// <summary>Ports of ingresses with their hosts.</summary>
    public ImmutableArray<ConfiguredIngress> Ingress { get; set; } = [];
}
