using System.Collections.Immutable;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>One rule of RBAC, already bound to its subjects.</summary>
/// <param name="Subject">User name or group.</param>
/// <param name="Group">API group; <c>*</c>: every.</param>
/// <param name="Resources">Plurals, subresources as <c>pods/status</c>; <c>*</c>: every.</param>
/// <param name="Verbs">Verbs; <c>*</c>: every.</param>
public sealed record ApiRight(string Subject, string Group, ImmutableArray<string> Resources, ImmutableArray<string> Verbs)
{
    /// <summary>The only objects. Default: empty, every object.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>The namespace of a Role. Default: null, a ClusterRole.</summary>
    public string? Namespace { get; init; }

    internal bool Allows(ApiAccount account, ApiAttributes asked) =>
        (Subject == account.Username || account.Groups.Contains(Subject))
        && (Group == "*" || Group == asked.Group)
        && (Resources.Contains("*") || Resources.Contains(asked.Resource))
        && (Verbs.Contains("*") || Verbs.Contains(asked.Verb))
        && (Namespace is null || Namespace == asked.Namespace)
        && (Names.IsEmpty || (asked.Verb != "create" && Names.Contains(asked.Name)));
}
