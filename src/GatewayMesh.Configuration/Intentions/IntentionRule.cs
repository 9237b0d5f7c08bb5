using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>A compiled intention: a source and a destination.</summary>
public sealed class IntentionRule
{
    private readonly ImmutableArray<PermissionMatch> _permissions;
    private readonly bool _isUniform;

    internal IntentionRule(string destination, IntentionSource source, JwtRequirement? jwt = null)
    {
        (Source, Destination, Declared, Jwt) = (source.Name, destination, source, jwt);
        _permissions = [.. source.Permissions.Select(permission => new PermissionMatch(permission))];
        _isUniform = _permissions.All(permission => permission.IsUniform);
    }

    /// <summary>Calling service; <c>*</c> for all.</summary>
    public string Source { get; }

    /// <summary>Called service; <c>*</c> for all.</summary>
    public string Destination { get; }

    /// <summary>Token that every request needs; null for none.</summary>
    public JwtRequirement? Jwt { get; }

    /// <summary>Declared source.</summary>
    public IntentionSource Declared { get; }

    /// <summary>
    /// Precedence as in Consul: 9 exact to exact, 8 <c>*</c> to exact, 6 exact to <c>*</c>, 5 <c>*</c> to <c>*</c>. The highest decides.
    /// </summary>
    public int Precedence => (Source == IntentionSource.All, Destination == IntentionSource.All) switch
    {
        (false, false) => 9,
        (true, false) => 8,
        (false, true) => 6,
        _ => 5,
    };

    /// <summary>True if the intention inspects each request.</summary>
    public bool LooksAtRequests => !_permissions.IsEmpty;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Source} → {Destination} (precedence {Precedence})");

    internal IntentionDecision Decide(IRequestFacts request, bool allowedByDefault)
    {
        if (Jwt?.IsMet(request) == false)
        {
            return new IntentionDecision(false, IntentionCause.NoToken, this);
        }

        if (!LooksAtRequests)
        {
            return new IntentionDecision(Declared.Action == IntentionAction.Allow, IntentionCause.Intention, this);
        }

        // Each reading is evaluated separately, and the first denial counts: the reading that the application takes is unknown.
        var decision = default(IntentionDecision);
        var paths = request.Paths;
        foreach (var reader in paths.Readers(_isUniform))
        {
            decision = Decide(request, paths, reader, allowedByDefault);
            if (!decision.Allowed)
            {
                return decision;
            }
        }

        return decision;
    }

    private IntentionDecision Decide(IRequestFacts request, in PathReadings paths, int reader, bool allowedByDefault)
    {
        for (var i = 0; i < _permissions.Length; i++)
        {
            if (_permissions[i].Matches(request, paths, reader))
            {
                return new IntentionDecision(_permissions[i].Allows, IntentionCause.Permission, this, i);
            }
        }

        return new IntentionDecision(allowedByDefault, IntentionCause.NoPermission, this);
    }
}
