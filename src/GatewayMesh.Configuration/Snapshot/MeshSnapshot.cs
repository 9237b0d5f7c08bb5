using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>The compiled configuration of the whole mesh. Immutable; a request reads it once, at the door.</summary>
public sealed class MeshSnapshot
{
    /// <summary>A mesh that knows nothing.</summary>
    public static MeshSnapshot Empty { get; } = new() { Revision = "none" };

    /// <summary>Short digest of the content: equal content, equal revision.</summary>
    public required string Revision { get; init; }

    /// <summary>The services by name.</summary>
    public FrozenDictionary<string, ServiceModel> Services { get; init; } = FrozenDictionary<string, ServiceModel>.Empty;

    /// <summary>Where routes end, by id; those of services without routes are not among them.</summary>
    public FrozenDictionary<string, TargetModel> Targets { get; init; } = FrozenDictionary<string, TargetModel>.Empty;

    /// <summary>Whether <paramref name="other"/> looks at the same services: content apart, that is how two snapshots of one revision can differ.</summary>
    public bool LooksAtTheSame(MeshSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Services.Count == other.Services.Count
            && Targets.Count == other.Targets.Count
            && Targets.All(pair => other.Targets.TryGetValue(pair.Key, out var target) && target.IsDormant == pair.Value.IsDormant)
            && Services.All(pair => other.Services.TryGetValue(pair.Key, out var service) && service.IsDormant == pair.Value.IsDormant);
    }

    /// <summary>The policy named <c>*</c>: of services that say nothing themselves, and of what a process shares between all of them (its retry budget).</summary>
    public PolicyModel Policy { get; init; } = PolicyModel.Default;

    /// <summary>The gateways of the cluster, healthy or not.</summary>
    public ImmutableArray<GatewayModel> Gateways { get; init; } = [];

    /// <summary>Records of the registry whose address this node never dials, of gateways too; they are no endpoints. Default: none.</summary>
    public ImmutableArray<RefusedRecord> Refused { get; init; } = [];

    /// <summary>Public routes by ingress service name and port.</summary>
    public FrozenDictionary<(string Ingress, int Port), IngressModel> Ingress { get; init; } = FrozenDictionary<(string, int), IngressModel>.Empty;

    /// <summary>Who may call whom. Default: unknown, so that nothing is allowed.</summary>
    public IntentionTable Intentions { get; init; } = IntentionTable.Unknown;
}
