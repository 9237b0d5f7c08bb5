using System.Collections.Immutable;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Routes requests by their properties: the first matching rule decides.</summary>
/// <param name="name">Name of the router.</param>
/// <param name="rules">Rules in order.</param>
internal sealed class LiveRouter(string name, ImmutableArray<LiveRule> rules) : LiveNode(name)
{
    /// <summary>Rules in order.</summary>
    public ImmutableArray<LiveRule> Rules { get; } = rules;

    /// <inheritdoc/>
    public override bool Splits { get; } = rules.Any(static rule => rule.Next.Splits);

    /// <summary>
    /// Returns the next node of the request; null if no rule matches, which a compiled router excludes (its last rule matches all).
    /// </summary>
    public LiveNode? Next(in AskedRoute asked)
    {
        foreach (var rule in Rules)
        {
            if (rule.Match is null || rule.Match.Matches(asked))
            {
                return rule.Next;
            }
        }

        return null;
    }
}
