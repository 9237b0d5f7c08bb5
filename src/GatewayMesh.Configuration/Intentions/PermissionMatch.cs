using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>
/// A compiled <see cref="PermissionRule"/>. A denial matches if any plausible reading of the request matches; an allowance matches only if
/// every reading does.
/// </summary>
internal sealed class PermissionMatch(PermissionRule permission)
{
    private readonly PathMatch? _path = permission.PathRule is { } rule
        ? new PathMatch(rule, permission.Action == IntentionAction.Allow)
        : null;
    private readonly ImmutableArray<HeaderMatch> _headers = [.. permission.Headers.Select(header => new HeaderMatch(header))];

    /// <summary>True if matching requests are allowed.</summary>
    public bool Allows { get; } = permission.Action == IntentionAction.Allow;

    /// <summary>True if all readers read the rule's path alike.</summary>
    public bool IsUniform => _path?.IsUniform ?? true;

    /// <summary>True if the request matches, with its path as reader number <paramref name="reader"/> reads it.</summary>
    public bool Matches(IRequestFacts request, in PathReadings paths, int reader)
    {
        if (!MethodMatches(request.Method) || _path?.Matches(paths, reader) == false)
        {
            return false;
        }

        if (permission.Jwt?.IsMet(request) == false)
        {
            return false;
        }

        foreach (var header in _headers)
        {
            if (!(Allows ? header.Surely(request) : header.May(request)))
            {
                return false;
            }
        }

        return true;
    }

    // Methods are case-sensitive (RFC 9110 §9.1), but not in every application, so a denial ignores case.
    private bool MethodMatches(string method)
    {
        if (permission.Methods.IsEmpty)
        {
            return true;
        }

        foreach (var each in permission.Methods)
        {
            if (each.Equals(method, Allows ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
