using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Messages;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Finds the token of a request at the locations of its issuers. A request must leave no doubt which token the application reads: two
/// tokens, a repeated field, parameter, or cookie, and a field that differs from the location only in <c>_</c> are ambiguous.
/// </summary>
internal static class TokenFinder
{
    /// <summary>Returns the token; empty if there is none. False if several could be meant.</summary>
    /// <param name="fields">Header fields of the request.</param>
    /// <param name="target">Path and query of the request.</param>
    /// <param name="locations">Locations to look at.</param>
    /// <param name="token">The token.</param>
    public static bool TryFind(
        FieldTable fields, string target, ReadOnlySpan<TokenLocation> locations, out ReadOnlySpan<char> token)
    {
        token = default;
        foreach (var location in locations)
        {
            var isClear = location.Place switch
            {
                TokenPlace.Header => InField(fields, location, out var found) && Take(found, ref token),
                TokenPlace.Cookie => InCookies(fields[KnownField.Cookie], location.Name, out var found) && Take(found, ref token),
                _ => InQuery(target, location.Name, out var found) && Take(found, ref token),
            };
            if (!isClear)
            {
                token = default;
                return false;
            }
        }

        return true;
    }

    /// <summary>True if the header field of <paramref name="location"/> has a token.</summary>
    public static bool IsIn(FieldTable fields, TokenLocation location) =>
        location.Place == TokenPlace.Header && InField(fields, location, out var token) && !token.IsEmpty;

    private static bool Take(ReadOnlySpan<char> found, ref ReadOnlySpan<char> token)
    {
        if (found.IsEmpty)
        {
            return true;
        }

        if (token.IsEmpty)
        {
            token = found;
            return true;
        }

        return found.SequenceEqual(token);
    }

    private static bool InField(FieldTable fields, TokenLocation location, out ReadOnlySpan<char> token)
    {
        token = default;
        var values = fields[location.Name];
        if (values.Count > 1 || (location.Name.AsSpan().ContainsAny('-', '_') && HasTwin(fields, location.Name)))
        {
            return false;
        }

        if (values.Count == 1 && values[0].AsSpan() is var value && value.StartsWith(location.Prefix, StringComparison.OrdinalIgnoreCase))
        {
            token = value[location.Prefix.Length..].Trim(' ');
        }

        return true;
    }

    private static bool HasTwin(FieldTable fields, string name)
    {
        foreach (var line in fields.Lines)
        {
            if (FieldLines.AreTwins(name, line.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool InCookies(StringValues lines, string name, out ReadOnlySpan<char> token)
    {
        token = default;
        var isFound = false;
        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(';'))
            {
                var pair = line.AsSpan(range).Trim();
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (isFound)
                {
                    return false;
                }

                isFound = true;
                token = pair[(name.Length + 1)..].Trim('"');
            }
        }

        return true;
    }

    private static bool InQuery(string target, string name, out ReadOnlySpan<char> token)
    {
        token = default;
        var begin = target.IndexOf('?', StringComparison.Ordinal);
        if (begin < 0)
        {
            return true;
        }

        var isFound = false;
        var query = target.AsSpan(begin + 1);
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (!Decoded(equals < 0 ? pair : pair[..equals]).SequenceEqual(name))
            {
                continue;
            }

            if (isFound)
            {
                return false;
            }

            isFound = true;
            token = equals < 0 ? default : pair[(equals + 1)..];
        }

        return true;
    }

    // An application decodes names, so no spelling may hide a second parameter.
    private static ReadOnlySpan<char> Decoded(ReadOnlySpan<char> name) =>
        name.Contains('%') ? PercentEncoding.Decode(name.ToString()) : name;
}
