using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>A compiled <see cref="PermissionRule"/>.</summary>
internal sealed class PermissionMatch(PermissionRule permission)
{
    private readonly PathMatch? _path = permission.PathRule is { } rule ? new PathMatch(rule) : null;
    private readonly ImmutableArray<HeaderMatch> _headers = [.. permission.Headers.Select(header => new HeaderMatch(header))];

    /// <summary>Whether what matches is allowed.</summary>
    public bool Allows { get; } = permission.Action == IntentionAction.Allow;

    /// <summary>Whether the request, with its path read as <paramref name="path"/>, is one of those it speaks of.</summary>
    public bool Matches(IRequestFacts request, string path)
    {
        if (!permission.Methods.IsEmpty && !permission.Methods.Contains(request.Method))
        {
            return false;
        }

        if (_path?.Matches(path) == false)
        {
            return false;
        }

        foreach (var header in _headers)
        {
            if (!header.Matches(request))
            {
                return false;
            }
        }

        return true;
    }
}
