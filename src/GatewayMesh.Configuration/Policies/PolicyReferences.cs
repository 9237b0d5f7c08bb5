using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies;

/// <summary>Checks what policies refer to in other entries.</summary>
internal static class PolicyReferences
{
    /// <summary>Returns the references of all policies that lead nowhere.</summary>
    public static IEnumerable<ChainError> Errors(EntrySet entries, RoutingIndex index)
    {
        foreach (var policy in entries.ServicePolicies)
        {
            if (policy.Mirror is { Service: { } service, Subset: { } subset } mirror
                && Subset(policy, index, service, subset, mirror.SubsetAt, "mirror.subset") is { } missing)
            {
                yield return missing;
            }
        }
    }

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
