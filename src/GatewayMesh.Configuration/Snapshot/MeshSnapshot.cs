using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Naming;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Compiled configuration of the whole mesh. Immutable; each request reads the snapshot once, when the request arrives.</summary>
public sealed class MeshSnapshot
{
    /// <summary>An empty mesh.</summary>
    public static MeshSnapshot Empty { get; } = new() { Revision = "none" };

    /// <summary>Short digest of the content; equal content has an equal revision.</summary>
    public required string Revision { get; init; }

    /// <summary>
    /// Digest of entries and intentions alone. Nodes of one datacenter that are up to date have equal ones, whatever instances they watch.
    /// Default: <c>none</c>.
    /// </summary>
    public string EntriesRevision { get; init; } = "none";

    /// <summary>Services by name.</summary>
    public FrozenDictionary<string, ServiceModel> Services { get; init; } = FrozenDictionary<string, ServiceModel>.Empty;

    /// <summary>
    /// Namespace of the applications of this node, whose consumer routes hold for their calls. Default: empty, unknown or none, as at a
    /// gateway.
    /// </summary>
    public string Namespace { get; init; } = "";

    /// <summary>
    /// Names by which applications call the services; null in a registry whose services have plain names, such as Consul. Default: null.
    /// </summary>
    public ServiceNames? ServiceNames { get; init; }

    /// <summary>Route targets by id; services without routes are not included.</summary>
    public FrozenDictionary<string, TargetModel> Targets { get; init; } = FrozenDictionary<string, TargetModel>.Empty;

    /// <summary>IDs of the targets that policies name as subsets, by <see cref="SubsetKey"/>.</summary>
    public FrozenDictionary<string, string> Subsets { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Routes of the subsets that flags choose, by <see cref="SubsetKey"/>.</summary>
    public FrozenDictionary<string, ResolverNode> FlaggedSubsets { get; init; } = FrozenDictionary<string, ResolverNode>.Empty;

    /// <summary>Feature flags by name. Default: none.</summary>
    public FrozenDictionary<string, FeatureFlagEntry> FeatureFlags { get; init; } = FrozenDictionary<string, FeatureFlagEntry>.Empty;

    /// <summary>Key of a subset in <see cref="Subsets"/> and <see cref="FlaggedSubsets"/>.</summary>
    public static string SubsetKey(string service, string subset) => $"{subset}.{service}";

    /// <summary>True if <paramref name="other"/> watches the same services, in which two snapshots of one revision can differ.</summary>
    public bool LooksAtTheSame(MeshSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Services.Count == other.Services.Count
            && Targets.Count == other.Targets.Count
            && Targets.All(pair => other.Targets.TryGetValue(pair.Key, out var target) && target.IsDormant == pair.Value.IsDormant)
            && Services.All(pair => other.Services.TryGetValue(pair.Key, out var service) && service.IsDormant == pair.Value.IsDormant);
    }

    /// <summary>
    /// Policy named <c>*</c>: for services without their own policy, and for state shared by all services of a process (its retry budget).
    /// </summary>
    public PolicyModel Policy { get; init; } = PolicyModel.Default;

    /// <summary>
    /// Policies by name of the service, also of services without an instance: a sidecar serves its application before its own registration
    /// has come back from the registry.
    /// </summary>
    public FrozenDictionary<string, PolicyModel> Policies { get; init; } = FrozenDictionary<string, PolicyModel>.Empty;

    /// <summary>Returns the policy of a service, which may have no instance.</summary>
    public PolicyModel PolicyOf(string service) =>
        Services.GetValueOrDefault(service)?.Policy ?? Policies.GetValueOrDefault(service) ?? Policy;

    /// <summary>Gateways of the cluster, healthy or not.</summary>
    public ImmutableArray<GatewayModel> Gateways { get; init; } = [];

    /// <summary>Registry records whose address this node never dials, gateways included; they are not endpoints. Default: none.</summary>
    public ImmutableArray<RefusedRecord> Refused { get; init; } = [];

    /// <summary>Issuers of tokens that intentions name, by the name of their entry. Default: none.</summary>
    public FrozenDictionary<string, JwtIssuerModel> JwtProviders { get; init; } = FrozenDictionary<string, JwtIssuerModel>.Empty;

    /// <summary>Public routes by ingress service name and port.</summary>
    public FrozenDictionary<(string Ingress, int Port), IngressModel> Ingress { get; init; } =
        FrozenDictionary<(string, int), IngressModel>.Empty;

    /// <summary>Intentions. Default: unknown, so that no call is allowed.</summary>
    public IntentionTable Intentions { get; init; } = IntentionTable.Unknown;
}
