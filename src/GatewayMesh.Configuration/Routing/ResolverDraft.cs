using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A resolver during compilation.</summary>
internal sealed class ResolverDraft(TargetKey target, ServiceResolverEntry? entry) : Draft
{
    /// <summary>Target.</summary>
    public TargetKey Target { get; } = target;

    /// <summary>Entry of the resolver, or null.</summary>
    public ServiceResolverEntry? Entry { get; } = entry;

    /// <summary>Failover targets, in order.</summary>
    public List<TargetKey> Failover { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Draft> Next => [];
}
