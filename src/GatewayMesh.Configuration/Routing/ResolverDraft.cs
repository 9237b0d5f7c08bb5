using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A resolver in the making.</summary>
internal sealed class ResolverDraft(TargetKey target, ServiceResolverEntry? entry) : Draft
{
    /// <summary>Where it ends.</summary>
    public TargetKey Target { get; } = target;

    /// <summary>Its entry, or null.</summary>
    public ServiceResolverEntry? Entry { get; } = entry;

    /// <summary>Where it ends instead, in order.</summary>
    public List<TargetKey> Failover { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Draft> Next => [];
}
