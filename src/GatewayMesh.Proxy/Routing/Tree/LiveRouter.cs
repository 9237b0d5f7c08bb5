using System.Collections.Immutable;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Sends requests different ways by what they look like: the first rule that matches decides.</summary>
/// <param name="name">Its name.</param>
/// <param name="rules">In order.</param>
internal sealed class LiveRouter(string name, ImmutableArray<LiveRule> rules) : LiveNode(name)
{
    /// <summary>In order.</summary>
    public ImmutableArray<LiveRule> Rules { get; } = rules;

    /// <inheritdoc/>
    public override bool Splits { get; } = rules.Any(static rule => rule.Next.Splits);

    /// <summary>Where the request goes; null when no rule takes it, which a compiled router does not know (its last one takes all).</summary>
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
