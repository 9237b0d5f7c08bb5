using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies.Cors;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies;

/// <summary>Checks policies together with other entries: their references, and contradictions of merged sections.</summary>
internal static class PolicyReferences
{
    /// <summary>Returns the errors of all policies.</summary>
    public static IEnumerable<ChainError> Errors(EntrySet entries, RoutingIndex index)
    {
        var flags = entries.FeatureFlags.Select(flag => flag.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var shared = CorsModel.Default.Under(
            entries.ServicePolicies.FirstOrDefault(policy => policy.Name == ServicePolicyEntry.All)?.Cors ?? new CorsEntry());
        foreach (var policy in entries.ServicePolicies)
        {
            if (policy.Name != ServicePolicyEntry.All
                && policy.Cors is { Credentials: not null } or { Origins: not null }
                && shared.Under(policy.Cors) is { Credentials: true } merged
                && merged.Origins.Any(origin => origin.IsAny))
            {
                yield return new ChainError(
                    policy, policy.Cors.CredentialsAt, "cors.credentials", CorsEntry.Conflict, CorsEntry.Fix);
            }

            if (Mirror(policy, index, policy.Mirror, "mirror.subset") is { } missing)
            {
                yield return missing;
            }

            var uses = policy.Flags ?? [];
            for (var i = 0; i < uses.Length; i++)
            {
                foreach (var error in Flag(policy, entries, index, flags, uses[i], $"flags[{i}]"))
                {
                    yield return error;
                }
            }
        }
    }

    private static IEnumerable<ChainError> Flag(
        ServicePolicyEntry policy, EntrySet entries, RoutingIndex index, HashSet<string> flags, FlagUse use, string path)
    {
        if (!flags.Contains(use.Flag))
        {
            yield return new ChainError(
                policy,
                use.At,
                $"{path}.flag",
                $"the feature-flag {use.Flag} is not declared",
                Nearest.To(use.Flag, entries.FeatureFlags.Select(flag => flag.Name)) is { } near
                    ? $"did you mean {near}?"
                    : $"add an entry kind: feature-flag with name: {use.Flag}, or remove the item");
        }

        if (Mirror(policy, index, use.Mirror, $"{path}.mirror.subset") is { } missing)
        {
            yield return missing;
        }

        if (use.Subset is { } subset)
        {
            var error = Subset(policy, index, policy.Name, subset, use.SubsetAt, $"{path}.subset")
                ?? entries.Chains.FindSubset(policy.Name, subset, CompiledChain.Home).Error;
            if (error is not null)
            {
                yield return error;
            }
        }
    }

    private static ChainError? Mirror(ServicePolicyEntry policy, RoutingIndex index, MirrorEntry mirror, string path) =>
        mirror is { Service: { } service, Subset: { } subset }
            ? Subset(policy, index, service, subset, mirror.SubsetAt, path)
            : null;

    private static ChainError? Subset(
        ServicePolicyEntry policy, RoutingIndex index, string service, string subset, SourceLocation at, string path)
    {
        if (index.Resolver(service) is not { } resolver)
        {
            return new ChainError(
                policy,
                at,
                path,
                $"{service} has no service-resolver, and so no subset {subset}",
                $"add a service-resolver for {service} with the subset, or remove the subset");
        }

        return resolver.Subsets.ContainsKey(subset)
            ? null
            : new ChainError(
                policy,
                at,
                path,
                $"the service-resolver of {service} has no subset {subset}",
                resolver.Subsets.IsEmpty ? "add the subset to the service-resolver" : $"use one of {string.Join(", ", resolver.Subsets.Keys)}");
    }
}
