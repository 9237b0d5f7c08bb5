using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Tokens;

/// <summary>A claim that a token must have (Consul: <c>VerifyClaims</c>).</summary>
/// <param name="Path">Names that lead to the claim.</param>
/// <param name="Value">Value of the claim, or one of a list.</param>
public sealed record RequiredClaim(ImmutableArray<string> Path, string Value)
{
    internal static RequiredClaim Bind(MappingReader reader)
    {
        var path = reader.List("path", ScalarTypes.Text);
        if (path.IsEmpty)
        {
            reader.Fail("path", "names no claim", "name a claim, such as path: [ role ]");
        }

        return new RequiredClaim(path, reader.Required("value", ScalarTypes.Text) ?? "");
    }
}
