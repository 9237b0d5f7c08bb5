using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>The usable keys of a JSON web key set (RFC 7517 §5). Immutable.</summary>
internal sealed class JwkSet
{
    /// <summary>Most keys of a set that are read: 100.</summary>
    public const int MaxKeys = 100;

    /// <summary>Most keys that are tried for a token without a key ID: 8.</summary>
    public const int MaxTried = 8;

    private readonly FrozenSet<string> _identities;

    /// <param name="keys">Keys in the order of the set.</param>
    public JwkSet(ImmutableArray<Jwk> keys)
    {
        Keys = keys;
        _identities = keys.Select(key => key.Identity).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Keys in the order of the set.</summary>
    public ImmutableArray<Jwk> Keys { get; }

    /// <summary>True if the set has a key with the parameters of <paramref name="key"/>.</summary>
    public bool Holds(Jwk key) => _identities.Contains(key.Identity);

    /// <summary>
    /// Returns the keys that may have signed a token: those with its key ID, otherwise, if the token has none, all for its algorithm, at
    /// most <see cref="MaxTried"/>.
    /// </summary>
    /// <param name="id">Key ID of the token; null if it has none.</param>
    /// <param name="algorithm">Algorithm of the token.</param>
    public ImmutableArray<Jwk> Find(string? id, string algorithm) =>
        [.. Keys.Where(key => (id is null || key.Id == id) && key.Algorithm == algorithm).Take(MaxTried)];
}
