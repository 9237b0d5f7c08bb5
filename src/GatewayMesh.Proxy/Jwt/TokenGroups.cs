using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.Jwt;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Compiled issuers by policy and by the providers that intentions name. The same objects for each request.</summary>
internal sealed class TokenGroups
{
    private readonly ConditionalWeakTable<JwtModel, PolicyGroups> _policies = [];
    private volatile ProviderGroups? _last;

    /// <summary>Returns the groups of a policy's issuers.</summary>
    public ImmutableArray<TokenGroup> Of(JwtModel policy) => !policy.IsOn ? []
        : _policies.GetValue(policy, static each => new PolicyGroups(TokenGroup.Of(each.Issuers.Select(issuer => ((string?)null, issuer)))))
            .Groups;

    /// <summary>Returns the groups of the providers with these names. Unknown names have none.</summary>
    public ImmutableArray<TokenGroup> Of(FrozenDictionary<string, JwtIssuerModel> known, ImmutableArray<string> names)
    {
        if (names.IsEmpty)
        {
            return [];
        }

        var last = _last;
        if (last is null || last.Known != known || last.Names != names)
        {
            _last = last = new ProviderGroups(
                known, names, TokenGroup.Of(names.Where(known.ContainsKey).Select(name => ((string?)name, known[name]))));
        }

        return last.Groups;
    }

    private sealed record PolicyGroups(ImmutableArray<TokenGroup> Groups);

    private sealed record ProviderGroups(
        FrozenDictionary<string, JwtIssuerModel> Known, ImmutableArray<string> Names, ImmutableArray<TokenGroup> Groups);
}
