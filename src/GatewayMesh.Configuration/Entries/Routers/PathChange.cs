using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary>Change of a path (Gateway API: <c>HTTPPathModifier</c>). One of the two is set.</summary>
public sealed record PathChange
{
    private static readonly ScalarType<string> Path = new("use a path such as /v2", text =>
        text.StartsWith('/') && !text.AsSpan().ContainsAny('?', '#') && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not a path", "use a path such as /v2, without a query"));

    /// <summary>Replacement for the whole path; null to keep it.</summary>
    public string? ReplaceFullPath { get; init; }

    /// <summary>Replacement for the matched prefix; null to keep it.</summary>
    public string? ReplacePrefixMatch { get; init; }

    internal static PathChange? Bind(MappingReader reader)
    {
        if (reader.Has("replaceFullPath") == reader.Has("replacePrefixMatch"))
        {
            reader.Fail("has not exactly one of replaceFullPath and replacePrefixMatch", "keep one of them");
        }

        return new PathChange
        {
            ReplaceFullPath = reader.Has("replaceFullPath") ? reader.Optional("replaceFullPath", Path, "/") : null,
            ReplacePrefixMatch = reader.Has("replacePrefixMatch") ? reader.Optional("replacePrefixMatch", Path, "/") : null,
        };
    }
}
